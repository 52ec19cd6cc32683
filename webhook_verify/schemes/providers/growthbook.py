"""GrowthBook's SDK webhooks: sign as Standard Webhooks does, but the text of the secret is the key."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "growthbook",
    brand="webhook",
    secret_encoding="text",
    event_type_in_body="type",
    methods=["POST", "GET", "PUT"],
    docs=SchemeDocs(
        title="GrowthBook",
        secret_from="SDK Connections > SDK Webhooks: the webhook's shared secret, which starts with `wk_`",
        url="https://docs.growthbook.io/app/webhooks/sdk-webhooks",
        notes=(
            "This is the scheme of SDK webhooks. The text of the secret is the key, including `wk_`. "
            "You choose the HTTP method of a webhook."
        ),
    ),
)
