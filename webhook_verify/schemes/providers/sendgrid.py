"""Twilio SendGrid: ECDSA on P-256 with SHA-256 of `{timestamp}{body}`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "sendgrid",
    signature_header="x-twilio-email-event-webhook-signature",
    algorithm="ecdsa-p256-sha256",
    signature_encoding="base64",
    secret_encoding="base64",
    timestamp_header="x-twilio-email-event-webhook-timestamp",
    signed_content="{timestamp}{body}",
    event_type_in_body="*.event",
    retry_seconds=86_400,
    docs=SchemeDocs(
        title="Twilio SendGrid",
        secret_from=(
            "Settings > Mail Settings > Event Webhooks > the webhook's Signature Verification: its "
            "verification key"
        ),
        url=(
            "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/"
            "getting-started-event-webhook-security-features"
        ),
        notes="The body ends with a line break, which is signed too.",
        retries=(
            "for 24 hours "
            "([documentation](https://docs.sendgrid.com/for-developers/tracking-events/troubleshooting)); "
            "the timestamp of a retry is not documented"
        ),
    ),
)
