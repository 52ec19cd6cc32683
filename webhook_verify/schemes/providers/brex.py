"""Brex: signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "brex",
    brand="webhook",
    event_type_in_body="event_type",
    docs=SchemeDocs(
        title="Brex",
        secret_from="`GET https://platform.brexapis.com/v1/webhooks/secrets`, in base64, without a prefix",
        url="https://developer.brex.com/docs/webhooks/",
        notes=(
            "While a secret is being revoked, there are two secrets and two signatures: pass both "
            "secrets to the `Verifier`."
        ),
        retries=(
            "not documented by the provider; [Standard Webhooks](https://www.standardwebhooks.com) "
            "specifies a new timestamp for each attempt"
        ),
    ),
)
