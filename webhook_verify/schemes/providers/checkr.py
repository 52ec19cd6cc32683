"""Checkr: HMAC-SHA256 of the body, in `x-checkr-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "checkr",
    signature_header="x-checkr-signature",
    id_in_body="id",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Checkr",
        secret_from="the API key of the account",
        url="https://docs.checkr.com/#section/Webhooks/Validating-webhooks",
    ),
)
