"""Recurly: HMAC-SHA256 of `{timestamp}.{body}`, after the timestamp in a list without names."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.signature_lists import SignatureList

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "recurly",
    signature_header="recurly-signature",
    signature_list=SignatureList(",", starts_with_timestamp=True),
    timestamp_unit=("ms", "s"),
    signed_content="{timestamp}.{body}",
    event_type_in_body="event_type",
    retry_seconds=262_308,
    docs=SchemeDocs(
        title="Recurly",
        secret_from="Recurly > Webhook Endpoints: the endpoint's secret key",
        url="https://docs.recurly.com/recurly-subscriptions/docs/signature-verification",
        notes=(
            "Only webhooks in JSON are signed: configure the endpoint for JSON instead of XML. While a key"
            " is being replaced, the header contains two signatures. Recurly sends the timestamp in "
            "milliseconds; seconds are accepted as well. `event_type` is the event of the object in "
            "`object_type`. The header `recurly-notification-id` is not signed."
        ),
        retries=(
            "10 times, `10 + x * 2^(x + 5)` seconds after attempt `x`, unless the response is 2xx "
            "([documentation](https://docs.recurly.com/recurly-subscriptions/docs/automatic-retries)); the"
            " timestamp of a retry is not documented"
        ),
    ),
)
