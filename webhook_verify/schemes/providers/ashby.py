"""Ashby: HMAC-SHA256 of the body, in `ashby-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "ashby",
    signature_header="ashby-signature",
    signature_prefix="sha256=",
    event_type_in_body="action",
    docs=SchemeDocs(
        title="Ashby",
        secret_from=(
            "Admin > Integrations > Webhooks: the webhook's Secret Token; you choose it, and without "
            "it nothing is signed"
        ),
        url="https://developers.ashbyhq.com/docs/authenticating-webhooks",
    ),
)
