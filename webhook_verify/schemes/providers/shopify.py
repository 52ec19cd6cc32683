"""Shopify: HMAC-SHA256 of the body, in `x-shopify-hmac-sha256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "shopify",
    signature_header="x-shopify-hmac-sha256",
    signature_encoding="base64",
    id_header="x-shopify-webhook-id",
    event_type_header="x-shopify-topic",
    retry_seconds=14_400,
    docs=SchemeDocs(
        title="Shopify",
        secret_from="the app's client secret, or the shop's Settings > Notifications > Webhooks",
        url="https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
        notes=(
            "Only the body is signed: topic, shop, time and ids in the headers are not. Two topics, "
            "such as `orders/create` and `orders/paid`, can send identical bodies, with different ids "
            "in `x-shopify-webhook-id`. `x-shopify-event-id`, which names an event across webhooks, is not "
            "read. After a rotation of the client secret, Shopify signs with the old one for "
            "a while: configure both."
        ),
        retries=(
            "8 times within 4 hours "
            "([documentation](https://shopify.dev/docs/apps/build/webhooks/troubleshooting-webhooks)); "
            "no timestamp is signed, so a retry is never rejected as stale"
        ),
    ),
)
