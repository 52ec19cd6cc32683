"""Lemon Squeezy: HMAC-SHA256 of the body, in `x-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "lemon-squeezy",
    signature_header="x-signature",
    event_type_in_body="meta.event_name",
    docs=SchemeDocs(
        title="Lemon Squeezy",
        secret_from="Settings > Webhooks: the webhook's Signing secret; you choose it",
        url="https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
        notes=(
            "Neither a timestamp nor an id is signed: both a retry and a replay are identical to the "
            "first delivery."
        ),
    ),
)
