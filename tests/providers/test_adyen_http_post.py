"""Adyen's webhooks with the method HTTP POST: forms with the fields of its library, and invalid forms."""

from __future__ import annotations

from json import dumps
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.providers.interop import interop
from tests.providers.sdk_calls import sdk
from tests.providers.signed_bodies import HEX, ITEM, OTHER_HEX
from tests.rows import rows
from webhook_verify import MalformedDelivery, SignatureMismatch, Signer, Verifier

VERIFIER = Verifier(HEX, scheme="adyen-http-post")
FORM = {
    **{name: value for name, value in ITEM.items() if name != "amount"},
    **{name: str(value) for name, value in ITEM["amount"].items()},
    "originalReference": "",
    "merchantReference": "order 14:05 é",
    "live": "false",
}


def by_library(fields: dict[str, str], key: str = HEX) -> bytes:
    item = {**fields, "amount": {"value": fields["value"], "currency": fields["currency"]}}
    signature = sdk("Adyen.util").generate_notification_sig(item, key).decode()
    return urlencode({**fields, "additionalData.hmacSignature": signature}).encode()


@interop("adyen-http-post", by="Adyen (PyPI)")
def test_we_sign_and_take_what_its_library_signs() -> None:
    body = by_library(FORM)
    delivery = VERIFIER.verify(body, {})
    assert (delivery.id, delivery.id_is_signed) == (f"{ITEM['pspReference']}:AUTHORISATION:true", True)
    assert (delivery.event_type, delivery.event_type_is_signed) == ("AUTHORISATION", True)
    assert delivery.form()["merchantReference"] == "order 14:05 é"
    assert Signer(HEX, scheme="adyen-http-post").sign_body(body) == body
    for wrong in (
        by_library(FORM, OTHER_HEX),
        body.replace(b"1130", b"1131"),
        body.replace(b"true", b"false"),
    ):
        with pytest.raises(SignatureMismatch):
            VERIFIER.verify(wrong, {})


def changed(**fields: str) -> bytes:
    return by_library({**FORM, **fields})


UNREADABLE: dict[str, bytes] = {
    "JSON": b'{"pspReference": "1"}',
    "empty": b"",
    "no signature": urlencode(FORM).encode(),
    "two signatures": changed() + b"&additionalData.hmacSignature=1",
    "a field twice": changed() + b"&value=1",
    "no reference": changed(pspReference=""),
    "a colon that moves a border": changed(pspReference="a:b"),
    "Latin-1": changed() + b"&more=%E9",
}


@rows("body", UNREADABLE.values(), ids=UNREADABLE)
def test_an_invalid_form_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedDelivery):
        VERIFIER.verify(body, {})


@rows("body", [b"", b"{}", b"value=1", b"pspReference=a:b&eventCode=c"])
def test_a_signer_refuses_an_invalid_notification(body: bytes) -> None:
    with pytest.raises(ValueError, match="cannot sign this body"):
        Signer(HEX, scheme="adyen-http-post").sign_body(body)


def test_the_two_methods_have_the_same_id_and_signature() -> None:
    fields: dict[str, Any] = {**FORM, "amount": {"value": 1130, "currency": "EUR"}}
    item = {"NotificationRequestItem": fields}
    in_json = Signer(HEX, scheme="adyen").sign_body(dumps({"notificationItems": [item]}).encode())
    delivery, other = Verifier(HEX, scheme="adyen").verify(in_json, {}), VERIFIER.verify(by_library(FORM), {})
    assert (delivery.id, delivery.signed_content_digest) == (other.id, other.signed_content_digest)
