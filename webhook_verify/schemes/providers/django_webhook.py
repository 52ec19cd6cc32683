"""django-webhook: HMAC-SHA256 of `{timestamp}:{body}`, one for each secret of the sender."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.signature_lists import SignatureList

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "django-webhook",
    signature_header="django-webhook-signature-v1",
    signature_list=SignatureList(","),
    signed_content="{timestamp}:{body}",
    timestamp_header="django-webhook-request-timestamp",
    event_type_in_body="topic",
    retries="new_timestamp",
    docs=SchemeDocs(
        title="django-webhook",
        secret_from="the WebhookSecret in the sender's Django admin",
        url="https://github.com/danihodovic/django-webhook",
        notes=(
            "The sender signs with each of its secrets. Deliveries have no id: `django-webhook-uuid` is "
            "the id of the webhook. Only fields of Django models are sent, so two changes with equal "
            "values have equal bodies."
        ),
        retries=(
            "up to 5 times, first after 60 seconds, signed again for each attempt (observed with "
            "django-webhook 0.0.15)"
        ),
    ),
)
