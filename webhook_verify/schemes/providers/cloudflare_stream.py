"""Cloudflare Stream: HMAC-SHA256 of `{timestamp}.{body}`, in `webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "cloudflare-stream",
    signature_header="webhook-signature",
    signature_field="sig1",
    timestamp_field="time",
    signed_content="{timestamp}.{body}",
    docs=SchemeDocs(
        title="Cloudflare Stream",
        secret_from="the `secret` in the response to the request that set the notification URL",
        url="https://developers.cloudflare.com/stream/manage-video-library/using-webhooks/",
        notes=(
            "Deliveries have neither a message id nor an event type: `uid` identifies the video, and "
            "`status.state` is its state. The header has the name of Standard Webhooks, but another "
            "format."
        ),
    ),
)
