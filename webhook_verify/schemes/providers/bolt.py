"""Bolt: HMAC-SHA256 of the body, in `x-bolt-hmac-sha256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "bolt",
    signature_header="x-bolt-hmac-sha256",
    signature_encoding="base64",
    docs=SchemeDocs(
        title="Bolt",
        secret_from="the Merchant Dashboard's Administration > API: the signing secret",
        url="https://help.bolt.com/developers/webhooks/hook-verification/",
    ),
)
