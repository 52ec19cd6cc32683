"""LINE: HMAC-SHA256 of the body, in `x-line-signature`."""

from __future__ import annotations

from webhook_verify.handshakes import LineCheck
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "line",
    signature_header="x-line-signature",
    signature_encoding="base64",
    id_in_body="events.*.webhookEventId",
    event_type_in_body="events.*.type",
    handshake=LineCheck(),
    docs=SchemeDocs(
        title="LINE",
        secret_from="LINE Developers Console > the channel's Basic settings > Channel secret",
        url="https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
        notes=(
            "No timestamp is signed. One delivery can contain several events, and its id combines the "
            "ids of all of them. LINE checks an endpoint with a delivery without events."
        ),
    ),
)
