"""Resend: signs as Svix does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "resend",
    brand="svix",
    retries="new_timestamp",
    retry_seconds=99_305,
    docs=SchemeDocs(
        title="Resend",
        secret_from="Resend dashboard > Webhooks: the webhook's Signing Secret",
        url="https://resend.com/docs/webhooks/verify-webhooks-requests",
        retries=(
            "signed again for each attempt, with the same id, for 27.6 hours; Resend sends through "
            "Svix ([documentation](https://resend.com/docs/webhooks/retries-and-replays))"
        ),
    ),
)
