"""Zapier: a token in a header of your choice; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_token import HeaderToken

__all__ = ["SCHEME"]

SCHEME = HeaderToken(
    "zapier",
    docs=SchemeDocs(
        title="Zapier",
        secret_from=(
            "the value of the header `x-hook-token` in the Headers of the action of Webhooks by Zapier; "
            "you choose it"
        ),
        url="https://help.zapier.com/hc/en-us/articles/8496083355661",
        notes="You define the payload, so it has an id and an event type only if you add them.",
    ),
)
