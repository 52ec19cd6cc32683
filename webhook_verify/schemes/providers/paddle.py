"""Paddle: HMAC-SHA256 of `{timestamp}:{body}`, in `paddle-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "paddle",
    signature_header="paddle-signature",
    signature_field="h1",
    timestamp_field="ts",
    field_separator=";",
    signed_content="{timestamp}:{body}",
    id_in_body="event_id",
    event_type_in_body="event_type",
    retry_seconds=259_200,
    docs=SchemeDocs(
        title="Paddle",
        secret_from="Developer tools > Notifications: the destination's secret key",
        url="https://developer.paddle.com/webhooks/signature-verification",
        secret_pattern="pdl_ntfset_.+",
        notes=(
            "The tolerance is 5 minutes. Paddle's own libraries accept only 5 seconds, which rejects "
            "genuine deliveries if the network is slow or clocks differ: pass `tolerance=5` for the "
            "same. Paddle Classic uses a different signature."
        ),
        retries=(
            "for 3 days, in the sandbox for 15 minutes "
            "([documentation](https://developer.paddle.com/webhooks/respond-to-webhooks)); the "
            "timestamp of a retry is not documented"
        ),
    ),
)
