"""Meta: WhatsApp, Messenger, Instagram: HMAC-SHA256 of the body, in `x-hub-signature-256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "meta",
    signature_header="x-hub-signature-256",
    signature_prefix="sha256=",
    event_type_in_body="entry.*.changes.*.field",
    retry_seconds=129_600,
    docs=SchemeDocs(
        title="Meta: WhatsApp, Messenger, Instagram",
        secret_from="App Dashboard > App settings > Basic > App secret",
        url="https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
        notes=(
            "The signature covers the bytes as sent, with `\\uXXXX` escapes: never verify JSON that "
            "was parsed and serialized again. One delivery can contain several messages, each with "
            "its own id. The header `X-Hub-Signature`, with SHA-1, is ignored."
        ),
        retries=(
            "for 36 hours "
            "([documentation](https://developers.facebook.com/docs/graph-api/webhooks/getting-started), "
            "not confirmed); no timestamp is signed, so a retry is never rejected as stale"
        ),
    ),
)
