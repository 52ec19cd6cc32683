"""Cursor: HMAC-SHA256 of the body, in `x-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "cursor",
    signature_header="x-webhook-signature",
    signature_prefix="sha256=",
    id_header="x-webhook-id",
    event_type_header="x-webhook-event",
    docs=SchemeDocs(
        title="Cursor",
        secret_from="the `webhook.secret` in your request that created the cloud agent; you choose it",
        url="https://cursor.com/docs/cloud-agent/api/webhooks",
        notes="Only the body is signed: the id and the event type in the headers are not.",
    ),
)
