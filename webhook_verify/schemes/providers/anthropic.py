"""Anthropic: signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "anthropic",
    brand="webhook",
    event_type_in_body="data.type",
    docs=SchemeDocs(
        title="Anthropic",
        secret_from="Claude Console > Manage > Webhooks; shown once, when the endpoint is created",
        url="https://platform.claude.com/docs/en/managed-agents/webhooks",
        retries=(
            "not documented by the provider; [Standard Webhooks](https://www.standardwebhooks.com) "
            "specifies a new timestamp for each attempt"
        ),
    ),
)
