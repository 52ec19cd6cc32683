"""Loops: signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "loops",
    brand="webhook",
    event_type_in_body="eventName",
    docs=SchemeDocs(
        title="Loops",
        secret_from="Loops > Settings > Webhooks: the Signing Secret",
        url="https://loops.so/docs/webhooks",
    ),
)
