"""Ably: HMAC-SHA256 of the body, in `x-ably-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "ably",
    signature_header="x-ably-signature",
    signature_encoding="base64",
    docs=SchemeDocs(
        title="Ably",
        secret_from=(
            "the secret of the API key that signs the webhook, which is the part after the colon; "
            "choose the key in the integration's settings"
        ),
        url="https://ably.com/docs/platform/integrations/webhooks",
        notes=(
            "A webhook is signed only if its integration has a signing key. The header `x-ably-key` "
            "contains the name of that key, and is not signed."
        ),
    ),
)
