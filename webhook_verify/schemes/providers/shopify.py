"""Shopify: HMAC-SHA256 of the body, in ``x-shopify-hmac-sha256``."""

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
        secret_from="the app's client secret; or Settings, Notifications, Webhooks of the shop",
        url="https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
        notes=(
            "Only the body is signed: topic, shop, time and ids in the headers are not. Two topics, like "
            "orders/create and orders/paid, may send the same body, of which a replay guard takes the second "
            "for a repeat: give each its own address, and a receiver with a name of its own. After the "
            "client secret was rotated, the old one signs for a while: give both."
        ),
        retries=(
            "8 times within 4 hours "
            "([documentation](https://shopify.dev/docs/apps/build/webhooks/troubleshooting-webhooks)); no "
            "time is signed, so a retry is never too old"
        ),
    ),
)
