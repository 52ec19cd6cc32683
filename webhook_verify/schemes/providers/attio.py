"""Attio: HMAC-SHA256 of the body, in `attio-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "attio",
    signature_header="attio-signature",
    id_header="idempotency-key",
    event_type_in_body="events.*.event_type",
    docs=SchemeDocs(
        title="Attio",
        secret_from=(
            "the `secret` in the response to the request that created the webhook, or Attio's developer "
            "settings"
        ),
        url="https://docs.attio.com/rest-api/guides/webhooks",
        notes=(
            "Attio sends the same signature in `x-attio-signature`, which is not read. The "
            "`idempotency-key` is not signed. A delivery has a list of events, which currently contains "
            "one event."
        ),
    ),
)
