"""Mautic: HMAC-SHA256 of the body, in `webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "mautic",
    signature_header="webhook-signature",
    signature_encoding="base64",
    docs=SchemeDocs(
        title="Mautic",
        secret_from="the webhook's Secret in Mautic; you choose it",
        url="https://developer.mautic.org/#webhooks",
        notes=(
            "The header has the name of Standard Webhooks, but another format. The names of the fields in "
            "the body are the event types."
        ),
    ),
)
