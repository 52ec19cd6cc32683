"""Providers of payments and shops: what their own libraries say of what we sign, and we of what they sign."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import stripe
from paddle_billing import Notifications as Paddle  # type: ignore[import-untyped]
from square.utils.webhooks_helper import verify_signature as square_verifies

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.samples import SAMPLES
from webhook_verify import SignatureMismatch, Signer, Verifier

BODY = '{"id": "evt_1", "object": "event", "event_id": "evt_1", "name": "Grüße"}'.encode()
CHANGED = BODY.replace(b"evt_1", b"evt_2")


def now() -> int:
    """The libraries know no other clock."""
    return int(time.time())


# --- Stripe -----------------------------------------------------------------------------------------

STRIPE = SAMPLES["stripe"]


@interop("stripe", by="stripe (PyPI)")
@pytest.mark.parametrize("secret", [STRIPE.secret, STRIPE.other_secret])
def test_stripe_takes_what_we_sign_with_several_secrets(secret: str) -> None:
    headers = Signer([STRIPE.secret, STRIPE.other_secret], scheme="stripe").sign(BODY)
    assert headers["stripe-signature"].count("v1=") == 2

    event = stripe.Webhook.construct_event(BODY, headers["stripe-signature"], secret)

    assert event.id == "evt_1"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(CHANGED, headers["stripe-signature"], secret)


def _stripe_header(secret: str = STRIPE.secret, timestamp: int | None = None) -> str:
    header = stripe.WebhookSignature.generate_signature_header(BODY.decode(), secret, timestamp)
    assert isinstance(header, str)
    return header


# Made when a test asks for one: Stripe's library signs with the time of now.
STRIPE_HEADERS: dict[str, Callable[[], str]] = {
    "one signature": _stripe_header,
    "one of another version beside it": lambda: _stripe_header() + ",v0=" + "0" * 64,
    "a wrong one before it": lambda: _stripe_header().replace("v1=", f"v1={'0' * 64},v1="),
    "a blank after the comma": lambda: _stripe_header().replace(",", ", "),
    "from the future, which Stripe's library takes": lambda: _stripe_header(timestamp=now() + 3600),
}


@interop("stripe", by="stripe (PyPI), signing")
@pytest.mark.parametrize("make_header", STRIPE_HEADERS.values(), ids=STRIPE_HEADERS)
def test_we_take_what_stripe_signs(make_header: Callable[[], str]) -> None:
    header = make_header()
    verifier = Verifier(STRIPE.secret, scheme="stripe")

    delivery = verifier.verify(BODY, {"Stripe-Signature": header})

    assert (delivery.id, delivery.id_is_signed, delivery.timestamp_is_signed) == ("evt_1", True, True)
    with pytest.raises(SignatureMismatch):
        verifier.verify(CHANGED, {"Stripe-Signature": header})


# --- Square -----------------------------------------------------------------------------------------

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


# --- Paddle -----------------------------------------------------------------------------------------

PADDLE = SAMPLES["paddle"]


@interop("paddle", by="paddle-python-sdk (PyPI)")
@pytest.mark.parametrize("secret", [PADDLE.secret, PADDLE.other_secret])
def test_paddle_takes_what_we_sign_with_several_secrets(secret: str) -> None:
    headers = Signer([PADDLE.secret, PADDLE.other_secret], scheme="paddle").sign(BODY)
    assert headers["paddle-signature"].count("h1=") == 2

    def verdict(body: bytes) -> bool:
        request: Any = SimpleNamespace(headers={"Paddle-Signature": headers["paddle-signature"]}, body=body)
        return bool(Paddle.Verifier().verify(request, Paddle.Secret(secret)))

    assert [verdict(BODY), verdict(CHANGED)] == [True, False]


@interop("paddle", by="paddle-python-sdk (PyPI), signing")
def test_we_take_what_paddle_signs() -> None:
    timestamp = now()
    signed = Paddle.PaddleSignature.calculate_hmac(PADDLE.secret, b"%d:%b" % (timestamp, BODY)).hexdigest()
    headers = {"Paddle-Signature": f"ts={timestamp};h1={'0' * 64};h1={signed}"}
    verifier = Verifier(PADDLE.secret, scheme="paddle")

    assert verifier.verify(BODY, headers).id == "evt_1"
    with pytest.raises(SignatureMismatch):
        verifier.verify(CHANGED, headers)


# --- Shopify ----------------------------------------------------------------------------------------

SHOPIFY_VERIFIES = """
await import('@shopify/shopify-api/adapters/web-api');
const { shopifyApi } = await import('@shopify/shopify-api');
const { createSHA256HMAC } = require('@shopify/shopify-api/runtime');
const shopify = shopifyApi({
  apiKey: 'key', apiSecretKey: given.secret, hostName: 'shop.example', apiVersion: '2026-07',
  isEmbeddedApp: false, logger: { log: () => {} },
});
const verdicts = [];
for (const rawBody of given.bodies) {
  const rawRequest = new Request('https://shop.example/', { method: 'POST', headers: given.headers });
  verdicts.push((await shopify.webhooks.validate({ rawBody, rawRequest })).valid);
}
return { verdicts, signed: await createSHA256HMAC(given.secret, given.bodies[0]) };
"""


# Both kinds: the headers that the library reads beside the signature and the id, which we write.
SHOPIFY_HEADERS = {
    "shopify": {"x-shopify-topic": "orders/create", "x-shopify-shop-domain": "a.myshopify.com"}
    | {"x-shopify-api-version": "2026-07"},
    "shopify-events": {"shopify-topic": "Order", "shopify-shop-domain": "a.myshopify.com"}
    | {"shopify-api-version": "2026-07", "shopify-event-id": "evt_1"},
}


@pytest.mark.network
@interop("shopify", "shopify-events", by="@shopify/shopify-api (npm)")
@pytest.mark.parametrize("name", SHOPIFY_HEADERS)
def test_shopify_takes_what_we_sign_and_signs_the_same(name: str) -> None:
    secret = SAMPLES[name].secret
    headers = Signer(secret, scheme=name).sign(BODY)
    signed = next(header for header in headers if header.endswith("shopify-hmac-sha256"))

    bodies = [BODY.decode(), CHANGED.decode()]
    given = {"secret": secret, "headers": headers | SHOPIFY_HEADERS[name], "bodies": bodies}
    answer = node(SHOPIFY_VERIFIES, given)

    assert answer["verdicts"] == [True, False]
    verifier = Verifier(secret, scheme=name)
    assert verifier.verify(BODY, {signed.title(): answer["signed"]}).body == BODY
    with pytest.raises(SignatureMismatch):
        verifier.verify(CHANGED, {signed.title(): answer["signed"]})
