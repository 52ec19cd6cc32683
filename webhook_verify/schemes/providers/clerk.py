"""Clerk: signs as Svix does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "clerk",
    brand="svix",
    docs=SchemeDocs(
        title="Clerk",
        secret_from="the Clerk Dashboard, Webhooks, the endpoint's Signing Secret",
        url="https://clerk.com/docs/guides/development/webhooks/syncing",
    ),
)
