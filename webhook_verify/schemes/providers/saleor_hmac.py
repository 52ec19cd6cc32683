"""Saleor's webhooks with a secret key: HMAC-SHA256 of the body, in `saleor-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "saleor-hmac",
    signature_header="saleor-signature",
    event_type_header="saleor-event",
    answer_is_data=True,
    retries="unknown",
    docs=SchemeDocs(
        title="Saleor (secret key)",
        secret_from="the webhook's `secretKey`",
        url="https://docs.saleor.io/developer/extending/webhooks/payload-signature",
        notes=(
            "This is the scheme of webhooks with a `secretKey`, which Saleor has deprecated; for others "
            "use `saleor`. Bodies of different events can be equal, and no id is signed: do not use a "
            "replay guard, which would drop the second of two equal events. The event type in the "
            "header is not signed: use one endpoint for each event type if it matters. The response to "
            "a synchronous event is data that Saleor uses."
        ),
    ),
)
