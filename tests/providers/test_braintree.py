"""Braintree: its library parses what we sign, and invalid forms."""

from __future__ import annotations

import hmac
from base64 import encodebytes
from hashlib import sha1
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.providers.interop import interop
from tests.providers.sdk_calls import sdk
from tests.rows import rows
from webhook_verify import MalformedDelivery, Secret, SignatureMismatch, Signer, Verifier
from webhook_verify.form import parse_form
from webhook_verify.schemes.providers.braintree import Braintree

KEY, OTHER = "integration_private_key", "another_private_key_of_a_gateway"
XML = (
    b'<notification><timestamp type="datetime">2026-09-21T14:13:20Z</timestamp><kind>check</kind>'
    b'<subject><check type="boolean">true</check></subject></notification>'
)
PAYLOAD = encodebytes(XML).decode()
VERIFIER = Verifier(KEY, scheme="braintree")


def mac(payload: str = PAYLOAD, key: str = KEY) -> str:
    return hmac.digest(sha1(key.encode()).digest(), payload.encode(), "sha1").hex()


def form(**fields: Any) -> bytes:
    return urlencode({"bt_signature": f"k|{mac()}", "bt_payload": PAYLOAD, **fields}).encode()


def gateway(private_key: str) -> Any:
    module = sdk("braintree")
    return module.BraintreeGateway(
        module.Configuration(module.Environment.Sandbox, "merchant", "the_public_key", private_key)
    )


# The library warns about its own names when it is imported.
deprecated = pytest.mark.filterwarnings("ignore::DeprecationWarning:braintree")


@interop("braintree", by="braintree (PyPI)")
@deprecated
def test_braintrees_library_parses_what_we_sign() -> None:
    body = Signer(KEY, scheme=Braintree(public_key="the_public_key")).sign_body(XML)
    fields = parse_form(body)
    signature, payload = fields["bt_signature"], fields["bt_payload"]
    assert VERIFIER.verify(body, {}).signed_body == XML
    assert gateway(KEY).webhook_notification.parse(signature, payload).kind == "check"
    invalid = sdk("braintree.exceptions.invalid_signature_error").InvalidSignatureError
    for key, text in ((OTHER, payload), (KEY, "A" + payload[1:])):
        with pytest.raises(invalid):
            gateway(key).webhook_notification.parse(signature, text)


@interop("braintree", by="braintree (PyPI), signing")
@deprecated
def test_we_take_what_braintrees_library_signs() -> None:
    fields = gateway(KEY).webhook_testing.sample_notification("subscription_went_past_due", "id1")
    body = urlencode(fields).encode()
    delivery = VERIFIER.verify(body, {})
    assert b"<kind>subscription_went_past_due</kind>" in delivery.signed_body
    assert (delivery.body, delivery.body_is_signed, delivery.timestamp_is_signed) == (body, True, False)
    with pytest.raises(SignatureMismatch):
        Verifier(OTHER, scheme="braintree").verify(body, {})


ACCEPTED = {
    "a pair": form(),
    "ours second": form(bt_signature=f"x|{'0' * 40}&k|{mac()}"),
    "upper case": form(bt_signature=f"k|{mac().upper()}"),
    "a line break that is not sent": form(bt_payload=PAYLOAD.rstrip("\n")),
    "more fields": form(more="é"),
}
WRONG = {
    "another key": form(bt_signature=f"k|{mac(key=OTHER)}"),
    "the key itself": form(
        bt_signature="k|" + hmac.digest(KEY.encode(), PAYLOAD.encode(), "sha1").hex(),
    ),
    "no public key": form(bt_signature=mac()),
    "another separator": form(bt_signature=f"x|{'0' * 40},k|{mac()}"),
    "too many pairs": form(bt_signature="x|0&" * 32 + f"k|{mac()}"),
    "nothing": form(bt_signature=""),
    "another payload": form(bt_payload=encodebytes(XML + b" ").decode()),
}
UNREADABLE = {
    "JSON": b'{"bt_signature": "k|1", "bt_payload": "AAAA"}',
    "empty": b"",
    "no signature": urlencode({"bt_payload": PAYLOAD}).encode(),
    "no payload": form().partition(b"&")[0],
    "two signatures": form() + b"&bt_signature=k",
    "two payloads": form() + b"&bt_payload=AAAA",
    "a payload with other characters": form(bt_payload=PAYLOAD + "-"),
    "a payload that is not base64": form(bt_payload="A"),
    "a payload in UTF-8": form(bt_payload="é"),
    # The receiver signs it for any client, so its signature proves nothing.
    "a challenge": form(bt_payload="a" * 20, bt_signature=f"k|{mac('a' * 20)}"),
}


@rows("body", ACCEPTED.values(), ids=ACCEPTED)
def test_a_right_signature_of_the_payload_is_enough(body: bytes) -> None:
    assert VERIFIER.verify(body, {}).signed_body == XML


@rows("body", WRONG.values(), ids=WRONG)
def test_a_wrong_signature_is_refused(body: bytes) -> None:
    with pytest.raises(SignatureMismatch):
        VERIFIER.verify(body, {})


@rows("body", UNREADABLE.values(), ids=UNREADABLE)
def test_an_invalid_form_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedDelivery) as caught:
        VERIFIER.verify(body, {})
    assert (caught.value.__context__, caught.value.__cause__) == (None, None)


def test_a_signature_in_headers_is_not_possible() -> None:
    scheme = Braintree()
    with pytest.raises(ValueError, match="sign_body"):
        scheme.sign(XML, [scheme.signing_key(Secret(KEY))], id="", timestamp=1)
