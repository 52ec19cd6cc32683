"""Ramp: HMAC-SHA256 of the body, in `x-ramp-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "ramp",
    signature_header=("x-ramp-webhook-signature", "x-ramp-signature"),
    id_in_body="id",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Ramp",
        secret_from="the secret of the webhook subscription, from Ramp's developer API",
        url="https://docs.ramp.com/developer-api/v1/webhooks",
        notes=(
            "Ramp's documentation has named the header `X-Ramp-Webhook-Signature` and `X-Ramp-Signature`; "
            "each is accepted. When a subscription is created, Ramp posts a `challenge`: send it back "
            "with the request `/webhooks/{webhook_id}/verify` of the API. Deliveries can arrive out of "
            "order."
        ),
        retries=(
            "up to 10 times after 429, 5xx and timeouts, with the same `id`; every other status except "
            "2xx is final ([documentation](https://docs.ramp.com/developer-api/v1/webhooks))"
        ),
    ),
)
