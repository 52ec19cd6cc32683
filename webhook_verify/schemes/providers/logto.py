"""Logto: HMAC-SHA256 of the body, in `logto-signature-sha-256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "logto",
    signature_header="logto-signature-sha-256",
    event_type_in_body="event",
    docs=SchemeDocs(
        title="Logto",
        secret_from="Logto Console > Webhooks > the webhook's details: the signing key",
        url="https://docs.logto.io/developers/webhooks/secure-webhooks",
    ),
)
