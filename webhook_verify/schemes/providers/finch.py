"""Finch: the signatures of Standard Webhooks under other header names."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.signature_lists import SignatureList

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "finch",
    signature_header="finch-signature",
    signature_list=SignatureList(" ", entry_prefix="v1,"),
    signature_encoding="base64",
    secret_encoding="base64",
    id_header="finch-event-id",
    timestamp_header="finch-timestamp",
    signed_content="{id}.{timestamp}.{body}",
    event_type_in_body="event_type",
    docs=SchemeDocs(
        title="Finch",
        secret_from="Developer Dashboard > Webhooks: the webhook's secret; shown once, when it is created",
        url="https://developer.tryfinch.com/developer-resources/Webhooks",
        notes="The secret is base64 without a prefix. The message id is signed.",
    ),
)
