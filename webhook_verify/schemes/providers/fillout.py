"""Fillout: a plain token in `x-hook-token`; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "fillout",
    signature_header="x-hook-token",
    algorithm="token",
    signature_encoding="text",
    docs=SchemeDocs(
        title="Fillout",
        secret_from=(
            "the value of the header `x-hook-token` in the advanced settings of the form's webhook; "
            "you choose it"
        ),
        url="https://www.fillout.com/help/webhook",
        notes=(
            "Nothing is signed: each request contains the token itself, so an attacker who has seen "
            "one request can forge others. Fillout sends the headers that you configure. Give the "
            "header the name `x-hook-token`, or describe another name with a `HeaderScheme`. A "
            "webhook without that header cannot be verified."
        ),
    ),
)
