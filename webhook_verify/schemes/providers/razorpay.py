"""Razorpay: HMAC-SHA256 of the body, in `x-razorpay-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "razorpay",
    signature_header="x-razorpay-signature",
    id_header="x-razorpay-event-id",
    event_type_in_body="event",
    retry_seconds=86_400,
    docs=SchemeDocs(
        title="Razorpay",
        secret_from="Razorpay dashboard > Account & Settings > Webhooks: the secret; you choose it",
        url="https://razorpay.com/docs/webhooks/validate-test/",
        notes=(
            "The secret of the webhook is not the secret of the API key. `x-razorpay-event-id` is not"
            " signed. After you change the secret, Razorpay signs retries of older events with the "
            "old one: configure both."
        ),
        retries=(
            "for 24 hours, with exponential backoff "
            "([documentation](https://razorpay.com/docs/webhooks/best-practices/)); no timestamp is "
            "signed, so a retry is never rejected as stale"
        ),
    ),
)
