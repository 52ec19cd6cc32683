"""Paystack: HMAC-SHA512 of the body, in `x-paystack-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "paystack",
    signature_header="x-paystack-signature",
    algorithm="hmac-sha512",
    event_type_in_body="event",
    retry_seconds=259_200,
    docs=SchemeDocs(
        title="Paystack",
        secret_from=(
            "Paystack dashboard > Settings > API Keys & Webhooks: the secret key (`sk_live_` or `sk_test_`)"
        ),
        secret_pattern="sk_(?:live|test)_.+",
        url="https://paystack.com/docs/payments/webhooks/",
        notes=(
            "Paystack signs with the secret key of the API, so this key must not be shared with other"
            " receivers. Deliveries have no message id."
        ),
        retries=(
            "every 3 minutes for the first 4 attempts, then every hour for 72 hours "
            "([documentation](https://paystack.com/docs/payments/webhooks/)); no timestamp is signed,"
            " so a retry is never rejected as stale"
        ),
    ),
)
