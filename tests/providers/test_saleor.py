"""Saleor and Constant Contact: detached signatures of the unencoded body. PyJWT is what Saleor signs with."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jwt.api_jws import PyJWS

from tests.diagnosis.test_reported import FOLDER
from tests.providers.interop import interop
from tests.providers.jws_keys import jwks
from tests.providers.key_pairs import rsa_key
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import InvalidSecret, RejectedDelivery, TimestampOutsideTolerance, Verifier, schemes
from webhook_verify.schemes.jws_scheme import JwsScheme

BODY = '[{"id": "T3JkZXI6MQ==", "note": "Zoë 日本"}]'.encode()
UNENCODED = {"b64": False, "crit": ["b64"]}


def _signed(members: dict[str, Any], key: int = 0) -> str:
    return PyJWS().encode(
        BODY, rsa_key(key), "RS256", headers={**UNENCODED, **members}, is_payload_detached=True
    )


SIGNED: dict[str, tuple[str, dict[str, Any]]] = {
    "saleor": ("saleor-signature", {"kid": "key-0"}),
    "constant-contact": ("x-ctct-webhook-sig", {"ts": NOW}),
}


@interop(*SIGNED, by="PyJWT (PyPI)")
@rows("name", SIGNED)
def test_we_verify_what_pyjwt_signs(name: str) -> None:
    header, members = SIGNED[name]
    verifier = Verifier(SAMPLES[name].secret, scheme=name, clock=lambda: NOW)

    assert verifier.verify(BODY, {header: _signed(members)}).body == BODY
    for body, text in ((BODY + b" ", _signed(members)), (BODY, _signed(members, 1))):
        with pytest.raises(RejectedDelivery):
            verifier.verify(body, {header: text})


@interop(*SIGNED, by="PyJWT (PyPI), verifying")
@rows("name", SIGNED)
def test_pyjwt_verifies_what_we_sign(name: str) -> None:
    body, headers = SAMPLES[name].signed()
    PyJWS().decode(headers[SIGNED[name][0]], rsa_key(0).public_key(), ["RS256"], detached_payload=body)


@interop("saleor", by="a delivery of Saleor 3.24")
def test_a_delivery_of_saleor() -> None:
    case = json.loads((FOLDER / "saleor_detached_jws.json").read_text("utf-8"))
    verified = Verifier(case["secret"], scheme="saleor").verify(case["body"].encode(), case["headers"])
    assert (verified.event_type, verified.event_type_is_signed) == ("order_created", False)
    assert (verified.id, verified.timestamp_is_signed) == ("", False)


def _by_url(name: str, secret: str) -> list[str]:
    """The URLs that are fetched for a delivery."""
    asked: list[str] = []

    def fetch(url: str, content: bytes | None) -> bytes:
        asked.append(url)
        return str(SAMPLES[name].secret).encode()

    scheme: Any = schemes.get(name)
    verifier = Verifier(secret, scheme=scheme.with_fetch(fetch), clock=lambda: NOW)
    body, headers = SAMPLES[name].signed()
    assert verifier.verify(body, headers).body == body
    return asked


@rows("secret", ["https://shop.saleor.cloud", "https://shop.saleor.cloud/"])
def test_the_keys_of_saleor_are_those_of_the_instance(secret: str) -> None:
    assert _by_url("saleor", secret) == ["https://shop.saleor.cloud/.well-known/jwks.json"]


@rows("secret", ["enabled", "https://developer.constantcontact.com/.well-known/jwks.json"])
def test_the_keys_of_constant_contact_are_published(secret: str) -> None:
    assert _by_url("constant-contact", secret) == [
        "https://developer.constantcontact.com/.well-known/jwks.json"
    ]
    with pytest.raises(InvalidSecret, match=r"https://developer\.constantcontact\.com"):
        Verifier("https://keys.example/jwks", scheme="constant-contact")


def test_constant_contact_names_no_key_and_each_of_a_set_is_tried() -> None:
    keys = jwks((rsa_key(1), "old"), (rsa_key(0), "new"))
    verifier = Verifier(keys, scheme="constant-contact", clock=lambda: NOW)
    for key in (0, 1):
        assert verifier.verify(BODY, {"x-ctct-webhook-sig": _signed({"ts": NOW}, key)}).body == BODY
    assert isinstance(schemes.get("constant-contact"), JwsScheme)


@rows("ts", [None, 0, -1, True, 1.5, "1790000000", 10**12, [NOW]])
def test_the_time_of_constant_contact_is_in_whole_seconds(ts: Any) -> None:
    verifier = Verifier(SAMPLES["constant-contact"].secret, scheme="constant-contact", clock=lambda: NOW)
    with pytest.raises(RejectedDelivery, match="the timestamp is invalid"):
        verifier.verify(BODY, {"x-ctct-webhook-sig": _signed({"ts": ts})})
    with pytest.raises(TimestampOutsideTolerance):
        verifier.verify(BODY, {"x-ctct-webhook-sig": _signed({"ts": NOW - 301})})
