"""MailerLite: HMAC-SHA256 of the body, in `signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "mailerlite",
    signature_header="signature",
    docs=SchemeDocs(
        title="MailerLite",
        secret_from="the `secret` of the webhook, which MailerLite's API returns",
        url="https://developers.mailerlite.com/docs/webhooks.html",
    ),
)
