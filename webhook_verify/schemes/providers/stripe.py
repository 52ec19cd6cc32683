"""Stripe: HMAC-SHA256 of `{timestamp}.{body}`, in `stripe-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "stripe",
    signature_header="stripe-signature",
    signature_field="v1",
    timestamp_field="t",
    signed_content="{timestamp}.{body}",
    accept_future_timestamps=True,
    id_in_body="id",
    event_type_in_body="type",
    retries="new_timestamp",
    retry_seconds=259_200,
    docs=SchemeDocs(
        title="Stripe",
        secret_from="Workbench > Webhooks: the endpoint's signing secret, including `whsec_`",
        url="https://docs.stripe.com/webhooks",
        secret_pattern="whsec_.+",
        notes=(
            "The prefix `whsec_` is part of the key, and the rest is not base64. The endpoint's "
            "secret differs from that of `stripe listen`, and test mode and live mode have different "
            "secrets."
        ),
        retries=(
            "signed again for each attempt, for 3 days; in a sandbox for a few hours "
            "([documentation](https://docs.stripe.com/webhooks))"
        ),
    ),
)
