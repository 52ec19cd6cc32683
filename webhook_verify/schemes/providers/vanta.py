"""Vanta: signs as Svix does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "vanta",
    brand="svix",
    docs=SchemeDocs(
        title="Vanta",
        secret_from=(
            "Vanta > Settings > Developer console > the application's webhooks: the endpoint's signing secret"
        ),
        url="https://developer.vanta.com/docs/webhooks",
    ),
)
