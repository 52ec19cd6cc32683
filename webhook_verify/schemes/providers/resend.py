"""Resend: signs as Svix does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "resend",
    brand="svix",
    docs=SchemeDocs(
        title="Resend",
        secret_from="the Resend dashboard, Webhooks, the webhook's Signing Secret",
        url="https://resend.com/docs/webhooks/verify-webhooks-requests",
    ),
)
