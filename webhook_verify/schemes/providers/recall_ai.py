"""Recall.ai: signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "recall-ai",
    brand="webhook",
    event_type_in_body="event",
    docs=SchemeDocs(
        title="Recall.ai",
        secret_from=(
            "the Recall.ai dashboard > Developers > API Keys & Secrets: the workspace verification secret"
        ),
        url="https://docs.recall.ai/docs/authenticating-requests-from-recallai",
        notes=(
            "In workspaces from before 15 December 2025, status webhooks can have the signing secret of a "
            "Svix endpoint instead."
        ),
    ),
)
