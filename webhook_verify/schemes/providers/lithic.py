"""Lithic: signs as Standard Webhooks does, but issues shorter secrets."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "lithic",
    brand="webhook",
    event_type_in_body="event_type",
    # The secret in Lithic's own specification (2026-08-20) is 19 characters of unpadded base64.
    min_key_bytes=14,
    retry_seconds=99_305,
    docs=SchemeDocs(
        title="Lithic",
        secret_from=(
            "`GET /v1/event_subscriptions/{token}/secret`, or `LithicSecretSource`, which fetches it"
        ),
        url="https://docs.lithic.com/docs/events-api",
        retries=(
            "for 27.6 hours ([documentation](https://docs.lithic.com/docs/events-api)); the timestamp "
            "of a retry is not documented, [Standard Webhooks](https://www.standardwebhooks.com) "
            "specifies a new one"
        ),
    ),
)
