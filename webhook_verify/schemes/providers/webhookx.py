"""WebhookX: HMAC-SHA256 of `{timestamp}.{body}`, in `webhookx-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "webhookx",
    signature_header="webhookx-signature",
    signature_prefix="v1=",
    signed_content="{timestamp}.{body}",
    timestamp_header="webhookx-timestamp",
    id_header="webhookx-event-id",
    event_type_in_body="event_type",
    retries="new_timestamp",
    retry_seconds=3_660,
    docs=SchemeDocs(
        title="WebhookX",
        secret_from="the `signature_secret` of the endpoint or of its plugin webhookx-signature",
        url="https://docs.webhookx.io",
        notes=(
            "The event id stays the same on retries, but is not signed. The tolerance is this library's "
            "default."
        ),
        retries=(
            "after 60 and 3,600 seconds, signed again for each attempt, with the same "
            "`webhookx-event-id` (observed with WebhookX 1.2.0)"
        ),
    ),
)
