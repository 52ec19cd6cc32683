"""Replicate: signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "replicate",
    brand="webhook",
    event_type_in_body="",
    docs=SchemeDocs(
        title="Replicate",
        secret_from="`GET https://api.replicate.com/v1/webhooks/default/secret`",
        url="https://replicate.com/docs/topics/webhooks/verify-webhook",
        retries=(
            "not documented by the provider; [Standard Webhooks](https://www.standardwebhooks.com) "
            "specifies a new timestamp for each attempt"
        ),
    ),
)
