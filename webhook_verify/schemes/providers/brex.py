"""Brex: signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "brex",
    brand="webhook",
    docs=SchemeDocs(
        title="Brex",
        secret_from="GET https://platform.brexapis.com/v1/webhooks/secrets: base64, without a prefix",
        url="https://developer.brex.com/docs/webhooks/",
        notes="While a secret is being revoked there are two, and two signatures: give the Verifier both.",
        retries=(
            "not documented by the provider; [Standard Webhooks](https://www.standardwebhooks.com) asks for "
            "a new timestamp at each attempt"
        ),
    ),
)
