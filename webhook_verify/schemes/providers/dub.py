"""Dub: HMAC-SHA256 of the body, in `dub-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "dub",
    signature_header="dub-signature",
    id_in_body="id",
    event_type_in_body="event",
    docs=SchemeDocs(
        title="Dub",
        secret_from="the workspace's Settings > Webhooks: the webhook's signing secret",
        url="https://dub.co/docs/webhooks/verify-webhook-requests",
    ),
)
