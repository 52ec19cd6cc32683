"""Telegram: a plain token in `x-telegram-bot-api-secret-token`; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "telegram",
    signature_header="x-telegram-bot-api-secret-token",
    algorithm="token",
    signature_encoding="text",
    id_in_body="update_id",
    docs=SchemeDocs(
        title="Telegram",
        secret_from="the `secret_token` that you passed to `setWebhook`",
        url="https://core.telegram.org/bots/api#setwebhook",
        notes=(
            "Nothing is signed: each request contains the token itself, so an attacker who has seen "
            "one request can forge others. Without a `secret_token`, requests cannot be verified."
        ),
    ),
)
