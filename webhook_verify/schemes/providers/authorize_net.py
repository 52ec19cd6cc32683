"""Authorize.net: HMAC-SHA512 of the body, in `x-anet-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "authorize-net",
    signature_header="x-anet-signature",
    signature_prefix="sha512=",
    algorithm="hmac-sha512",
    secret_encoding="hex",
    id_in_body="notificationId",
    event_type_in_body="eventType",
    docs=SchemeDocs(
        title="Authorize.net",
        secret_from=(
            "the merchant interface's Account > Settings > API Credentials & Keys > New Signature Key, in hex"
        ),
        url="https://developer.authorize.net/api/reference/features/webhooks.html",
        notes="The secret is hex that encodes the key.",
    ),
)
