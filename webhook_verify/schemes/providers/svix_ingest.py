"""Svix Ingest: signs as Svix does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME", "SvixIngest"]


class SvixIngest(StandardWebhooks):
    """The gateway's own signature."""

    __slots__ = ()

    is_gateway = True


SCHEME = SvixIngest(
    "svix-ingest",
    brand="svix",
    retries="new_timestamp",
    retry_seconds=99_305,
    docs=SchemeDocs(
        title="Svix Ingest",
        secret_from="the page of the endpoint of the Ingest source > Signing Secret",
        url="https://docs.svix.com/ingest/receiving-with-ingest",
        notes=(
            "The payload is that of the provider, so `delivery.event_type` has a value only if it has a "
            "field `type`. A source of the type `genericWebhook` does not verify the provider's "
            "signature."
        ),
        retries=(
            "signed again for each attempt, with the same id, for 27.6 hours "
            "([documentation](https://docs.svix.com/retries))"
        ),
    ),
)
