"""Etsy: signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "etsy",
    brand="webhook",
    event_type_in_body="event_type",
    docs=SchemeDocs(
        title="Etsy",
        secret_from=(
            "the Webhook portal of your app, in Etsy's Manage your apps: the endpoint's signing secret"
        ),
        url="https://developers.etsy.com/documentation/essentials/webhooks",
        notes="Webhooks require an app with commercial access.",
    ),
)
