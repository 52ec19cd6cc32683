"""Outseta: HMAC-SHA256 of the body, in `x-hub-signature-256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "outseta",
    signature_header="x-hub-signature-256",
    signature_prefix="sha256=",
    secret_encoding="hex",
    docs=SchemeDocs(
        title="Outseta",
        secret_from=(
            "Outseta > Settings > Notifications > the gear: the webhook signature key, 32 bytes in hex; "
            "you choose it, for example with `openssl rand -hex 32`"
        ),
        url=(
            "https://go.outseta.com/support/kb/articles/Rm85R5Q4/secure-and-verify-webhooks-with-a-sha256-signature"
        ),
        notes="The payload has no event type: use another URL for each kind of notification.",
        retries=(
            "20 times, every 20 minutes, according to Outseta's documentation; no timestamp is signed, so a "
            "retry is never rejected as stale"
        ),
    ),
)
