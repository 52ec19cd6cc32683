"""Stytch: signs as Svix does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "stytch",
    brand="svix",
    event_type_in_body="",
    retries="new_timestamp",
    retry_seconds=99_305,
    docs=SchemeDocs(
        title="Stytch",
        secret_from="Stytch dashboard > Webhooks: the endpoint's signing secret",
        url="https://stytch.com/docs/workspace-management/webhooks",
        notes=(
            "`delivery.event_type` has no value: the type consists of the fields `source`, `object_type` and "
            "`action` of the signed body."
        ),
        retries=(
            "signed again for each attempt, with the same id, for 27.6 hours; Stytch sends through "
            "Svix ([documentation](https://docs.svix.com/retries))"
        ),
    ),
)
