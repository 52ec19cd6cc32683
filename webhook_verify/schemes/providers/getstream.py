"""Stream Chat: HMAC-SHA256 of the body, in `x-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "getstream",
    signature_header="x-signature",
    id_header="x-webhook-id",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Stream Chat",
        secret_from="the dashboard of your app: the API secret",
        url="https://getstream.io/chat/docs/java/webhooks_overview/",
        notes="The header `x-webhook-id` is not signed.",
    ),
)
