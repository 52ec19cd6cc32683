"""Airtable: HMAC-SHA256 of the body, in `x-airtable-content-mac`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "airtable",
    signature_header="x-airtable-content-mac",
    signature_prefix="hmac-sha256=",
    secret_encoding="base64",
    docs=SchemeDocs(
        title="Airtable",
        secret_from=(
            "the `macSecretBase64` in the response to the request that created the webhook; it is "
            "returned only once"
        ),
        url="https://airtable.com/developers/web/api/webhooks-overview",
        notes=(
            "The secret is the base64 of the key. A delivery only reports that a base has changed. To "
            "get the changes, request the webhook's payloads from the API."
        ),
    ),
)
