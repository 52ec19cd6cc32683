"""Discord: Ed25519 of `{timestamp}{body}`, in `x-signature-ed25519`."""

from __future__ import annotations

from webhook_verify.handshakes import DiscordPing
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "discord",
    signature_header="x-signature-ed25519",
    algorithm="ed25519",
    secret_encoding="hex",
    timestamp_header="x-signature-timestamp",
    signed_content="{timestamp}{body}",
    id_in_body="id",
    event_type_in_body="event.type",
    handshake=DiscordPing(),
    docs=SchemeDocs(
        title="Discord",
        secret_from="Developer Portal > the application's General Information > Public Key",
        url="https://docs.discord.com/developers/interactions/overview",
        notes=(
            "Discord sends deliveries with invalid signatures on purpose, and requires a 401 response "
            "to them."
        ),
        retries="interactions are not retried; the timestamp of a retried webhook event is not documented",
    ),
)
