"""Typeform: HMAC-SHA256 of the body, in `typeform-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "typeform",
    signature_header="typeform-signature",
    signature_prefix="sha256=",
    signature_encoding="base64",
    id_in_body="event_id",
    event_type_in_body="event_type",
    docs=SchemeDocs(
        title="Typeform",
        secret_from=(
            "the form's Connect > Webhooks > Edit > Secret; you choose it, and without it nothing is signed"
        ),
        url="https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
    ),
)
