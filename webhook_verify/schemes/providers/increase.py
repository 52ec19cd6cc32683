"""Increase: signs as Standard Webhooks does, but the text of the secret is the key itself."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "increase",
    brand="webhook",
    secret_encoding="text",
    event_type_in_body="category",
    docs=SchemeDocs(
        title="Increase",
        secret_from="the `shared_secret` of the event subscription; you choose it or have it generated",
        url="https://increase.com/documentation/webhooks",
        notes=(
            "The secret is used as text instead of base64, even with `whsec_`, as in Increase's own "
            "libraries."
        ),
    ),
)
