"""TikTok: HMAC-SHA256 of `{timestamp}.{body}`, in `tiktok-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "tiktok",
    signature_header="tiktok-signature",
    signature_field="s",
    timestamp_field="t",
    signed_content="{timestamp}.{body}",
    event_type_in_body="event",
    retry_seconds=259_200,
    docs=SchemeDocs(
        title="TikTok",
        secret_from="the app's client secret, in TikTok for Developers",
        url="https://developers.tiktok.com/doc/webhooks-verification",
        notes="Deliveries have no message id.",
        retries=(
            "for 72 hours, with exponential backoff "
            "([documentation](https://developers.tiktok.com/doc/webhooks-overview)); the timestamp of"
            " a retry is not documented"
        ),
    ),
)
