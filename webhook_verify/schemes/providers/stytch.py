"""Stytch: signs as Svix does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "stytch",
    brand="svix",
    event_type_in_body="",
    docs=SchemeDocs(
        title="Stytch",
        secret_from="Stytch dashboard > Webhooks: the endpoint's signing secret",
        url="https://stytch.com/docs/guides/dashboard/webhooks",
    ),
)
