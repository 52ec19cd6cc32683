"""Calendly: HMAC-SHA256 of `{timestamp}.{body}`, in `calendly-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "calendly",
    signature_header="calendly-webhook-signature",
    signature_field="v1",
    timestamp_field="t",
    signed_content="{timestamp}.{body}",
    tolerance=180,
    event_type_in_body="event",
    retry_seconds=86_400,
    docs=SchemeDocs(
        title="Calendly",
        secret_from="the `signing_key` that you passed to `POST /webhook_subscriptions`",
        url="https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures",
        notes=(
            "Deliveries have no message id. A subscription without a `signing_key` is not signed. The "
            "tolerance is that of Calendly's sample code."
        ),
        retries=(
            "for 24 hours "
            "([documentation](https://developer.calendly.com/api-docs/overview/webhooks/webhook-errors)); "
            "the timestamp of a retry is not documented"
        ),
    ),
)
