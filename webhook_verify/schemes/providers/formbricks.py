"""Formbricks: signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "formbricks",
    brand="webhook",
    event_type_in_body=("event", "type"),
    docs=SchemeDocs(
        title="Formbricks",
        secret_from="the webhook's signing secret, shown when it is created",
        url="https://formbricks.com/docs/xm-and-surveys/core-features/integrations/webhooks",
        notes=("The secret is base64, with or without `whsec_`."),
    ),
)
