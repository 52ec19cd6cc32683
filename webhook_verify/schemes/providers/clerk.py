"""Clerk: signs as Svix does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "clerk",
    brand="svix",
    retries="new_timestamp",
    retry_seconds=99_305,
    docs=SchemeDocs(
        title="Clerk",
        secret_from="Clerk Dashboard > Webhooks: the endpoint's Signing Secret",
        url="https://clerk.com/docs/guides/development/webhooks/syncing",
        retries=(
            "signed again for each attempt, with the same id, for 27.6 hours; Clerk sends through "
            "Svix ([documentation](https://docs.svix.com/retries))"
        ),
    ),
)
