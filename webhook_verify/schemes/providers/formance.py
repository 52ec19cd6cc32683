"""Formance: HMAC-SHA256 of `{id}.{timestamp}.{body}`, in `formance-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "formance",
    signature_header="formance-webhook-signature",
    signature_prefix="v1,",
    signature_encoding="base64",
    signed_content="{id}.{timestamp}.{body}",
    id_header="formance-webhook-id",
    timestamp_header="formance-webhook-timestamp",
    event_type_in_body="type",
    retries="new_timestamp",
    docs=SchemeDocs(
        title="Formance",
        secret_from="the `secret` of the webhook's configuration",
        url="https://docs.formance.com/modules/webhooks",
        notes=("The secret looks like base64, but its text is the key. The id stays the same on retries."),
        retries=(
            "after 5xx, 408 and 429, from a minute up to an hour apart, signed again for each attempt; "
            "every other 4xx status is final (observed with Formance's webhooks service, b22a557)"
        ),
    ),
)
