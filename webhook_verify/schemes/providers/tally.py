"""Tally: HMAC-SHA256 of the body in base64, in `tally-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "tally",
    signature_header="tally-signature",
    signature_encoding="base64",
    id_in_body="eventId",
    event_type_in_body="eventType",
    retry_seconds=113_700,
    docs=SchemeDocs(
        title="Tally",
        secret_from="the form's Integrations > Webhooks: the signing secret",
        url="https://tally.so/help/webhooks",
        notes="A webhook without a signing secret is not signed.",
        retries=(
            "after 5 minutes, 30 minutes, 1 hour, 6 hours and 24 hours "
            "([documentation](https://developers.tally.so/api-reference/endpoint/webhooks/events/retry));"
            " no timestamp is signed, so a retry is never rejected as stale"
        ),
    ),
)
