"""Airship: HMAC-SHA256 of `{timestamp}:{body}`, in `x-ua-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "airship",
    signature_header="x-ua-signature",
    timestamp_header="x-ua-timestamp",
    signed_content="{timestamp}:{body}",
    docs=SchemeDocs(
        title="Airship",
        secret_from="the secret key of the webhook's signature hash, configured in the Airship dashboard",
        url="https://docs.airship.com/api/ua/#webhooks",
        notes="Deliveries have no message id. The tolerance is this library's default.",
    ),
)
