"""Square: HMAC-SHA256 of `{url}{body}`, in `x-square-hmacsha256-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "square",
    signature_header="x-square-hmacsha256-signature",
    signature_encoding="base64",
    signed_content="{url}{body}",
    id_in_body="event_id",
    event_type_in_body="type",
    retry_seconds=259_200,
    docs=SchemeDocs(
        title="Square",
        secret_from="Developer Console > the application's Webhooks > the subscription's Signature Key",
        url="https://developer.squareup.com/docs/webhooks/step3validate",
        notes=(
            "The signature covers the notification URL exactly as entered in the Developer Console: "
            "behind a proxy, set `public_url` to it. No timestamp is signed."
        ),
        retries=(
            "78 times within 72 hours, first after 1 minute "
            "([documentation](https://developer.squareup.com/docs/webhooks-api/delivery-sla)); no "
            "timestamp is signed, so a retry is never rejected as stale"
        ),
    ),
)
