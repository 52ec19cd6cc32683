"""A signature of which a few characters are changed: its sender knows the valid one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.diagnosis.genuine import Genuine, genuine
from webhook_verify import Verifier
from webhook_verify.diagnosis import Confidence, Diagnosis, explain
from webhook_verify.schemes import HeaderScheme

CASE = json.loads((Path(__file__).parents[1] / "data" / "xero-intent-to-receive.json").read_text("utf-8"))

CHANGES: dict[str, Any] = {
    "the first": lambda text: _other(text[0]) + text[1:],
    "the last": lambda text: text[:-2] + _other(text[-2]) + text[-1],
    "one in the middle": lambda text: text[:20] + _other(text[20]) + text[21:],
    "two that are swapped": lambda text: _swapped(text),
    "four": lambda text: "".join(map(_other, text[5:9])).join((text[:5], text[9:])),
    "one more": lambda text: text[:9] + _other(text[9]) + text[9:],
    "one less": lambda text: text[:9] + text[10:],
}
WITH_HEX = (
    "github",
    "stripe",
    "slack",
    "linear",
    "emporix",
    "twilio",
    "shopify",
    "standard-webhooks",
    "square",
)


def _other(char: str) -> str:
    return "7" if char != "7" else "8"


def _swapped(text: str) -> str:
    place = next(place for place in range(4, len(text)) if text[place] != text[place + 1])
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _explained(delivery: Genuine, change: Any) -> Diagnosis:
    name = delivery.signature_headers[0]
    prefix, mark, signature = delivery.headers[name].rpartition(
        "," if "v1," in delivery.headers[name] else "="
    )
    if len(signature) < 20:  # the padding of base64
        prefix, mark, signature = "", "", delivery.headers[name]
    headers = {**delivery.headers, name: prefix + mark + change(signature)}
    return explain(delivery.verifier(), delivery.body, headers, url=delivery.url, method=delivery.method)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("scheme", WITH_HEX)
def test_a_few_changed_characters_are_certain(scheme: str, change: str) -> None:
    kind = "form" if scheme == "twilio" else "small JSON"
    cause = _explained(genuine(scheme, kind), CHANGES[change]).cause
    assert (cause.name, cause.confidence) == ("signature_altered", Confidence.CERTAIN)


@pytest.mark.parametrize("scheme", ["mailgun", "adyen"])
def test_a_signature_in_the_body_too(scheme: str) -> None:
    delivery = genuine(scheme, "small JSON")
    fields = json.loads(delivery.body)
    item = fields["signature"] if scheme == "mailgun" else _additional_data(fields)
    name = "signature" if scheme == "mailgun" else "hmacSignature"
    item[name] = CHANGES["one in the middle"](item[name])
    cause = explain(delivery.verifier(), json.dumps(fields).encode(), delivery.headers).cause
    assert (cause.name, cause.confidence) == ("signature_altered", Confidence.CERTAIN)


def _additional_data(fields: Any) -> Any:
    return fields["notificationItems"][0]["NotificationRequestItem"]["additionalData"]


@pytest.mark.parametrize("state", ["x", "another-state-of-ours", "\ud800", "QUJD"])
def test_a_token_in_the_body_is_not_a_signature(state: str) -> None:
    body = json.dumps({"value": [{"clientState": state}]}).encode()
    verifier = genuine("microsoft-graph", "small JSON").verifier()
    assert explain(verifier, body, {}).cause.name == "wrong_secret_or_forgery"


@pytest.mark.parametrize("count", [6, 12, 30])
def test_many_changed_characters_are_another_signature(count: int) -> None:
    changed = _explained(
        genuine("github", "small JSON"), lambda text: "".join(map(_other, text[:count])) + text[count:]
    )
    assert changed.cause.name == "wrong_secret_or_forgery"


def test_the_reported_delivery() -> None:
    row = CASE["scheme"]
    scheme = HeaderScheme(
        row["name"], signature_header=row["signature_header"], signature_encoding=row["encoding"]
    )
    diagnosis = explain(Verifier(CASE["secret"], scheme=scheme), CASE["body"], CASE["headers"])
    assert (diagnosis.cause.name, diagnosis.cause.confidence) == ("signature_altered", Confidence.CERTAIN)
    assert diagnosis.cause.evidence == "1 of the signature's 43 characters differ from the valid one"


@pytest.mark.parametrize("length", [64, 128, 200, 255, 256, 300])
def test_an_rsa_signature_that_was_cut_off_is_too_short(length: int) -> None:
    """An RSA signature is as long as its modulus. The encoded one of 2048 bits has 344 characters."""
    delivery = genuine("wise", "small JSON")
    name = delivery.signature_headers[0]
    assert len(delivery.headers[name]) == 344
    headers = {**delivery.headers, name: delivery.headers[name][:length]}
    assert explain(delivery.verifier(), delivery.body, headers).cause.name == "signature_truncated"


def test_an_rsa_signature_by_another_key_is_not_too_short() -> None:
    delivery = genuine("wise", "small JSON")
    diagnosis = explain(delivery.verifier(delivery.other_secret), delivery.body, delivery.headers)
    assert diagnosis.cause.name == "wrong_secret_or_forgery"
