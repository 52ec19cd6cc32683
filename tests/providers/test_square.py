"""Square: its library accepts our signatures; a published vector, and the signed URL."""

from __future__ import annotations

from typing import Any

import pytest
from square.utils.webhooks_helper import verify_signature as square_verifies

from tests.providers.interop import interop
from tests.providers.pitfalls import SignedBy, assert_refused, assert_taken_when_late, base64, mac
from tests.providers.samples import SAMPLES
from webhook_verify import SignatureMismatch, Signer, Verifier

BODY = '{"id": "evt_1", "object": "event", "event_id": "evt_1", "name": "Grüße"}'.encode()
CHANGED = BODY.replace(b"evt_1", b"evt_2")
URL = "https://shop.example/webhooks/square?kind=a%20b"


@interop("square", by="squareup (PyPI)")
def test_square_takes_what_we_sign() -> None:
    key = SAMPLES["square"].secret
    signature = Signer(key, scheme="square").sign(BODY, url=URL)["x-square-hmacsha256-signature"]

    def verdict(body: bytes, url: str) -> bool:
        return square_verifies(
            request_body=body.decode(), signature_header=signature, signature_key=key, notification_url=url
        )

    assert [verdict(BODY, URL), verdict(CHANGED, URL), verdict(BODY, URL + "/")] == [True, False, False]


# From the tests of its libraries in all languages.
SQUARE_VECTOR = {
    "key": "Ibxx_5AKakO-3qeNVR61Dw",
    "url": "https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9",
    "body": b'{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification",'
    b'"event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z",'
    b'"data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}',
    "signature": "GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4=",
}


@interop("square", by="the tests of Square's libraries")
def test_square_vector() -> None:
    given: Any = SQUARE_VECTOR
    headers = {"x-square-hmacsha256-signature": given["signature"]}
    verifier = Verifier(given["key"], scheme="square")

    assert verifier.verify(given["body"], headers, url=given["url"]).id_is_signed
    with pytest.raises(SignatureMismatch):
        verifier.verify(given["body"], headers, url=given["url"] + "/")


# What an attacker, or a careless reader of the documentation, sends for the body.
FOREIGN: dict[str, SignedBy] = {
    "Square's body without the URL": lambda body: {
        "x-square-hmacsha256-signature": base64(mac("square", body))
    },
}


@pytest.mark.parametrize("signed", FOREIGN.values(), ids=FOREIGN)
def test_what_another_would_have_signed_does_not_pass(signed: SignedBy) -> None:
    assert_refused("square", signed)


@pytest.mark.parametrize(("late", "taken"), [(10**8, True)])
def test_how_late_a_delivery_may_be(late: int, taken: bool) -> None:
    assert_taken_when_late("square", late, taken)
