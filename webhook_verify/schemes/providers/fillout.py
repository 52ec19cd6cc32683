"""Fillout: a plain token in `x-hook-token`; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_token import HeaderToken

__all__ = ["SCHEME"]

SCHEME = HeaderToken(
    "fillout",
    docs=SchemeDocs(
        title="Fillout",
        secret_from=(
            "the value of the header `x-hook-token` in the advanced settings of the form's webhook; "
            "you choose it"
        ),
        url="https://www.fillout.com/help/webhook",
    ),
)
