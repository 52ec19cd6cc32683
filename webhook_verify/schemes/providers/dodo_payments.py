"""Dodo Payments: signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "dodo-payments",
    brand="webhook",
    docs=SchemeDocs(
        title="Dodo Payments",
        secret_from="the dashboard's Developer > Webhooks: the endpoint's signing key",
        url="https://docs.dodopayments.com/developer-resources/webhooks",
        retries=(
            "not documented by the provider; [Standard Webhooks](https://www.standardwebhooks.com) "
            "specifies a new timestamp for each attempt"
        ),
    ),
)
