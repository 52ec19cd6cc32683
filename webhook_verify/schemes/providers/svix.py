"""Svix: signs as Standard Webhooks does, under its own header names."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "svix",
    brand="svix",
    retries="new_timestamp",
    retry_seconds=99_305,
    docs=SchemeDocs(
        title="Svix",
        secret_from="the endpoint's page in the application portal > Signing Secret",
        url="https://docs.svix.com/receiving/verifying-payloads/how-manual",
        retries=(
            "signed again for each attempt, with the same id, for 27.6 hours "
            "([documentation](https://docs.svix.com/retries); observed with svix-server 1.100)"
        ),
    ),
)
