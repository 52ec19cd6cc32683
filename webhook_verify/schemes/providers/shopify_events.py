"""Shopify (events): HMAC-SHA256 of the body, in `shopify-hmac-sha256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "shopify-events",
    signature_header="shopify-hmac-sha256",
    signature_encoding="base64",
    id_header="shopify-webhook-id",
    event_type_in_body="topic",
    docs=SchemeDocs(
        title="Shopify (events)",
        secret_from="the app's client secret",
        url="https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
        notes=(
            "For the newer events, whose headers do not start with `x-`. Only the body is signed: "
            "topic, shop, time and ids in the headers are not."
        ),
    ),
)
