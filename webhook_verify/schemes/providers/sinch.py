"""Sinch: HMAC-SHA256 of `{body}.{nonce}.{timestamp}` in base64, in `x-sinch-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "sinch",
    signature_header="x-sinch-webhook-signature",
    signature_encoding="base64",
    signed_content="{body}.{id}.{timestamp}",
    timestamp_header="x-sinch-webhook-signature-timestamp",
    id_header="x-sinch-webhook-signature-nonce",
    docs=SchemeDocs(
        title="Sinch Conversation API",
        secret_from="the secret of the webhook in the Conversation API; you choose it",
        url="https://developers.sinch.com/docs/conversation/callbacks",
        notes=(
            "A webhook without a secret is not signed. The message id is the signed nonce, and Sinch "
            "does not document whether a retry has the same one. This is the scheme of the "
            "Conversation API: the callbacks of the Voice and Verification APIs are signed in "
            "`authorization`, in another way."
        ),
    ),
)
