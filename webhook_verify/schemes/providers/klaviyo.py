"""Klaviyo: HMAC-SHA256 of `{body}{timestamp}`, in `klaviyo-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "klaviyo",
    signature_header="klaviyo-signature",
    timestamp_header="klaviyo-timestamp",
    timestamp_unit="http-date",
    signed_content="{body}{timestamp}",
    id_in_body="data.*.external_id",
    event_type_in_body="data.*.topic",
    docs=SchemeDocs(
        title="Klaviyo",
        secret_from="the secret key that you set when you created the webhook",
        url="https://developers.klaviyo.com/en/docs/working_with_system_webhooks",
        notes=(
            "These are system webhooks. A flow's Webhook action is not signed. One delivery contains up to"
            " 1,000 events, and the message id is the `external_id` of all events. If they have different "
            "topics, the delivery has no event type. The header `klaviyo-webhook-id` is not signed and is "
            "the id of the webhook, which must equal `meta.klaviyo_webhook_id`. The tolerance is this "
            "library's default."
        ),
    ),
)
