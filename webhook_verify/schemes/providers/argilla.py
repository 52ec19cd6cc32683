"""Argilla: signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "argilla",
    brand="webhook",
    retries="new_timestamp",
    retry_seconds=250,
    docs=SchemeDocs(
        title="Argilla",
        secret_from="the `secret` of the webhook",
        url="https://docs.argilla.io/latest/how_to_guides/webhooks/",
        notes=(
            "A retry has a new id, so that a replay guard handles it as another message: make your "
            "handler idempotent."
        ),
        retries=(
            "after 10, 60 and 180 seconds, each with a new id and a new timestamp (observed with "
            "Argilla 2.8.0)"
        ),
    ),
)
