"""Shopify: interoperability with its library, for both kinds of headers, which must not be mixed."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.pitfalls import SignedBy, assert_refused, assert_same_with_another_time, base64, mac
from tests.providers.samples import SAMPLES
from webhook_verify import SignatureMismatch, Signer, Verifier

BODY = '{"id": "evt_1", "object": "event", "event_id": "evt_1", "name": "Grüße"}'.encode()
CHANGED = BODY.replace(b"evt_1", b"evt_2")

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


# What an attacker, or a careless reader of the documentation, sends for the body.
FOREIGN: dict[str, SignedBy] = {
    "Shopify's in hex": lambda body: {"x-shopify-hmac-sha256": mac("shopify", body).hex()},
    "Shopify's newer events under the older name": lambda body: {
        "shopify-hmac-sha256": base64(mac("shopify", body))
    },
}


@pytest.mark.parametrize("signed", FOREIGN.values(), ids=FOREIGN)
def test_what_another_would_have_signed_does_not_pass(signed: SignedBy) -> None:
    assert_refused("shopify", signed)


def test_a_time_that_nobody_signed_proves_nothing() -> None:
    delivery = assert_same_with_another_time("shopify", "x-shopify-triggered-at", "2026-09-21T15:13:20Z")
    assert not delivery.timestamp_is_signed
