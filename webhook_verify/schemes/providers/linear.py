"""Linear: HMAC-SHA256 of the body, in `linear-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "linear",
    signature_header="linear-signature",
    timestamp_in_body="webhookTimestamp",
    timestamp_unit="ms",
    tolerance=60,
    id_header="linear-delivery",
    event_type_in_body="type",
    retries="keep_timestamp",
    retry_seconds=25_260,
    docs=SchemeDocs(
        title="Linear",
        secret_from="Settings > API > Webhooks: the webhook's signing secret",
        url="https://linear.app/developers/webhooks",
        secret_pattern="lin_wh_.+",
        notes=(
            "The signed timestamp is in the body. The header `linear-timestamp` and the delivery id "
            "are not signed. `webhookId` in the body identifies the webhook, not the delivery."
        ),
        retries=(
            "after 1 minute, 1 hour and 6 hours "
            "([documentation](https://linear.app/developers/webhooks)), with the timestamp of the "
            "first attempt (observed in deliveries)"
        ),
    ),
)
