"""Telnyx: Ed25519 of `{timestamp}|{body}` in base64, in `telnyx-signature-ed25519`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "telnyx",
    signature_header="telnyx-signature-ed25519",
    algorithm="ed25519",
    signature_encoding="base64",
    secret_encoding="base64",
    signed_content="{timestamp}|{body}",
    timestamp_header="telnyx-timestamp",
    id_in_body="data.id",
    event_type_in_body="data.event_type",
    docs=SchemeDocs(
        title="Telnyx",
        secret_from="Mission Control Portal > Keys & Credentials > Public Key, in base64",
        url="https://developers.telnyx.com/docs/voice/programmable-voice/voice-api-webhooks",
    ),
)
