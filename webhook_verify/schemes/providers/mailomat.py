"""Mailomat: HMAC-SHA256 of `{id}.{event}.{timestamp}`, without the body, in `x-mom-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "mailomat",
    signature_header="x-mom-webhook-signature",
    signature_prefix="sha256=",
    signed_content="{id}.{header:x-mom-webhook-event}.{timestamp}",
    id_header="x-mom-webhook-id",
    timestamp_header="x-mom-webhook-timestamp",
    event_type_header="x-mom-webhook-event",
    docs=SchemeDocs(
        title="Mailomat",
        secret_from="the webhook's secret in the Mailomat dashboard",
        url="https://api.mailomat.swiss/docs/#tag/webhook-security",
        notes=(
            "Only the id, the event type and the timestamp are signed. The body can be replaced while the "
            "timestamp is accepted. Symfony's parser accepts timestamps of the last 12 hours; this "
            "scheme accepts 300 seconds, and `tolerance=` changes it."
        ),
        retries="the schedule and the timestamp of a retry are not documented",
    ),
)
