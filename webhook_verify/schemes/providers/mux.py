"""Mux: HMAC-SHA256 of `{timestamp}.{body}`, in `mux-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "mux",
    signature_header="mux-signature",
    signature_field="v1",
    timestamp_field="t",
    signed_content="{timestamp}.{body}",
    accept_future_timestamps=True,
    id_in_body="id",
    event_type_in_body="type",
    retry_seconds=86_400,
    docs=SchemeDocs(
        title="Mux",
        secret_from="the environment's Settings > Webhooks > Show Signing Secret",
        url="https://www.mux.com/docs/core/verify-webhook-signatures",
        retries=(
            "for 24 hours ([documentation](https://www.mux.com/docs/core/listen-for-webhooks)); the "
            "timestamp of a retry is not documented"
        ),
    ),
)
