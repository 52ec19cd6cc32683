"""Retell AI: HMAC-SHA256 of `{body}{timestamp}`, in `x-retell-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "retell",
    signature_header="x-retell-signature",
    signature_field="d",
    timestamp_field="v",
    signed_content="{body}{timestamp}",
    timestamp_unit="ms",
    event_type_in_body="event",
    docs=SchemeDocs(
        title="Retell AI",
        secret_from="the Retell AI dashboard > API Keys: the API key with the webhook badge",
        secret_pattern="key_.+",
        url="https://docs.retellai.com/features/secure-webhook",
        notes=(
            "The key is the API key itself. Deliveries have no message id: `call.call_id` identifies the "
            "call, which has several events."
        ),
    ),
)
