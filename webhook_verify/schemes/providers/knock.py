"""Knock: HMAC-SHA256 of `{timestamp}.{body}`, in `x-knock-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "knock",
    signature_header="x-knock-signature",
    signature_encoding="base64",
    signature_field="s",
    timestamp_field="t",
    timestamp_unit="ms",
    signed_content="{timestamp}.{body}",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Knock",
        secret_from="the Knock dashboard's webhook settings: the endpoint's signing key",
        url="https://docs.knock.app/developer-tools/outbound-webhooks/overview",
        notes="The timestamp is in milliseconds. The tolerance is this library's default.",
    ),
)
