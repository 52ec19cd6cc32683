"""Render: signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "render",
    brand="webhook",
    docs=SchemeDocs(
        title="Render",
        secret_from="Render dashboard > Integrations > Webhooks: the webhook's signing secret",
        url="https://render.com/docs/webhooks",
    ),
)
