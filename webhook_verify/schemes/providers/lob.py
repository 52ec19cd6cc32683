"""Lob: HMAC-SHA256 of `{timestamp}.{body}`, in `lob-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "lob",
    signature_header="lob-signature",
    signed_content="{timestamp}.{body}",
    timestamp_header="lob-signature-timestamp",
    timestamp_unit="ms",
    id_in_body="id",
    event_type_in_body="event_type.id",
    docs=SchemeDocs(
        title="Lob",
        secret_from="Lob dashboard > Webhooks: the webhook's secret",
        url="https://docs.lob.com/#tag/Webhooks",
        notes="The timestamp is in milliseconds.",
    ),
)
