"""Emailit: HMAC-SHA256 of `{timestamp}.{body}`, in `x-emailit-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "emailit",
    signature_header="x-emailit-signature",
    timestamp_header="x-emailit-timestamp",
    signed_content="{timestamp}.{body}",
    docs=SchemeDocs(
        title="Emailit",
        secret_from="the signing secret of the webhook in Emailit",
        url="https://emailit.com/docs/webhooks/request-signature/",
    ),
)
