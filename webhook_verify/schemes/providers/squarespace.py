"""Squarespace: HMAC-SHA256 of the body, in `squarespace-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "squarespace",
    signature_header="squarespace-signature",
    secret_encoding="hex",
    id_in_body="id",
    event_type_in_body="topic",
    docs=SchemeDocs(
        title="Squarespace",
        secret_from=(
            "the `secret` in the response that created the webhook subscription or rotated its secret, in hex"
        ),
        url="https://developers.squarespace.com/webhooks/verifying-notifications",
        notes=(
            "The secret is hex, and its decoded bytes are the key. After a rotation, the previous "
            "secret is invalid at once."
        ),
    ),
)
