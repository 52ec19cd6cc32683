"""MailerSend: HMAC-SHA256 of the body, in `signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "mailersend",
    signature_header="signature",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="MailerSend",
        secret_from="the MailerSend domain's settings > Webhooks: the signing secret",
        url="https://developers.mailersend.com/api/v1/webhooks.html",
    ),
)
