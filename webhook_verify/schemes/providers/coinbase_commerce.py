"""Coinbase Commerce: HMAC-SHA256 of the body, in `x-cc-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "coinbase-commerce",
    signature_header="x-cc-webhook-signature",
    id_in_body="event.id",
    event_type_in_body="event.type",
    docs=SchemeDocs(
        title="Coinbase Commerce",
        secret_from="Settings > Notifications > Webhook subscriptions > Show shared secret",
        url="https://docs.cdp.coinbase.com/commerce/docs/webhooks-security",
    ),
)
