"""A request of another sender: the diagnosis names each header that looks like a signature."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from webhook_verify import Verifier
from webhook_verify.diagnosis import Confidence, Diagnosis, explain

SENDERS = Path(__file__).parents[1] / "data" / "senders"
HEX = "50818fac676625901d11547a181d014a6b9559bfe3a0484ad21ea06dd37c7149"
BASE64 = "42Pr+C3/EPAfHtyKfVIE0ZkT5Pg7P5uS0f24U1dn0e0="


def captured(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((SENDERS / f"{name}.json").read_text("utf-8"))
    return case


def explained(
    scheme: str, headers: dict[str, str], secret: str, body: str = "{}", now: float = 0
) -> Diagnosis:
    verifier = Verifier(secret, scheme=scheme, clock=lambda: now)
    return explain(verifier, body.encode(), headers)


def causes(diagnosis: Diagnosis) -> dict[str, str]:
    return {cause.name: cause.evidence for cause in diagnosis.causes}


@pytest.mark.parametrize(
    ("name", "sender", "header"),
    [
        ("py-mlflow-told-as-unsigned", "mlflow", "x-mlflow-signature"),
        ("go-gogs-told-as-github", "gogs", "x-gogs-signature"),
    ],
)
def test_a_captured_delivery_of_another_sender(name: str, sender: str, header: str) -> None:
    case = captured(name)
    diagnosis = explained(case["scheme"], case["headers"], case["secret"], case["body"], case["clock"])
    first = diagnosis.causes[0]
    assert (first.name, first.confidence) == ("other_scheme", Confidence.CERTAIN)
    assert f'"{sender}"' in first.evidence
    assert "unsigned" not in causes(diagnosis)
    assert header in causes(diagnosis)["header_missing"]

    other = explained(case["scheme"], case["headers"], "whsec_" + "QUJD" * 8, case["body"], case["clock"])
    assert "unsigned" not in causes(other)
    assert header in causes(other)["other_scheme"]


NAMED: dict[str, dict[str, str]] = {
    "x-acme-signature": {"x-acme-signature": f"sha256={HEX}"},
    "x-acme-signature-256": {"x-acme-signature-256": BASE64},
    "x-acme-hmac-sha256": {"x-acme-hmac-sha256": BASE64},
    "x-sign": {"x-sign": HEX},
    "x-acme-sig and x-other-signature": {"X-Acme-Sig": HEX, "X-Other-Signature": f"t=1,v1={HEX}"},
}


@pytest.mark.parametrize("scheme", ["standard-webhooks", "github", "stripe", "shopify"])
@pytest.mark.parametrize(("names", "headers"), NAMED.items(), ids=NAMED)
def test_each_header_that_looks_like_a_signature_is_named(
    scheme: str, names: str, headers: dict[str, str]
) -> None:
    found = causes(explained(scheme, headers, "whsec_" + "QUJD" * 8))
    assert "unsigned" not in found
    assert f"the request has {names}" in found["header_missing"]
    assert f"the request has {names}" in found["other_scheme"]
    assert HEX not in str(found)
    assert BASE64 not in str(found)


UNSIGNED: list[dict[str, str]] = [
    {},
    {"traceparent": f"00-{HEX[:32]}-{HEX[:16]}-01", "x-request-id": HEX[:32], "etag": HEX},
    {"x-acme-signature": ""},
    {"x-acme-signature": "none"},
    {"x-acme-signature": "undefined"},
    {"x-design": HEX, "x-assignment-id": HEX},
]


@pytest.mark.parametrize("headers", UNSIGNED, ids=lambda headers: " ".join(headers) or "no headers")
def test_other_headers_do_not_look_like_a_signature(headers: dict[str, str]) -> None:
    assert "unsigned" in causes(explained("stripe", headers, "whsec_" + "QUJD" * 8))
