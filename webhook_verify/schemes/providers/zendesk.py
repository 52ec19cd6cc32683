"""Zendesk: HMAC-SHA256 of `{timestamp}{body}`, in `x-zendesk-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "zendesk",
    signature_header="x-zendesk-webhook-signature",
    signature_encoding="base64",
    signed_content="{timestamp}{body}",
    timestamp_header="x-zendesk-webhook-signature-timestamp",
    timestamp_unit="rfc3339",
    id_header="x-zendesk-webhook-invocation-id",
    event_type_in_body="type",
    methods=["POST", "GET", "PUT", "PATCH", "DELETE"],
    docs=SchemeDocs(
        title="Zendesk",
        secret_from="Admin Center > Apps and integrations > Webhooks: the webhook's signing secret",
        url="https://developer.zendesk.com/documentation/webhooks/verifying/",
        notes=(
            "The secret is text, although it looks like base64. `Test webhook` of a webhook that is "
            "not yet saved signs with a published secret, which you must not accept. You choose the HTTP "
            "method of a webhook. Only the timestamp and the body are signed, so an attacker who has seen a "
            "delivery without a body can send the same signature to another path or with another query."
        ),
    ),
)
