"""Formstack: HMAC-SHA256 of the body, in `x-fs-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "formstack",
    signature_header="x-fs-signature",
    signature_prefix="sha256=",
    docs=SchemeDocs(
        title="Formstack",
        secret_from="the HMAC key of the form's webhook; you choose it",
        url="https://developers.formstack.com/reference/webhooks",
    ),
)
