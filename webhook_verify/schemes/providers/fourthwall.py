"""Fourthwall: HMAC-SHA256 of the body, in `x-fourthwall-hmac-sha256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "fourthwall",
    signature_header="x-fourthwall-hmac-sha256",
    signature_encoding="base64",
    id_in_body="id",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Fourthwall",
        secret_from="the webhook settings of your shop: the secret key",
        url="https://docs.fourthwall.com/webhooks/signature-verification",
        notes=(
            "Platform apps have the same signature in another header, `x-fourthwall-hmac-apps-sha256`: "
            "describe it with a `HeaderScheme`."
        ),
    ),
)
