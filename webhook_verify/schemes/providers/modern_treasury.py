"""Modern Treasury: HMAC-SHA256 of the body, in `x-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "modern-treasury",
    signature_header="x-signature",
    event_type_header="x-topic",
    docs=SchemeDocs(
        title="Modern Treasury",
        secret_from="Modern Treasury > Developer Settings: the webhook key",
        url="https://docs.moderntreasury.com/docs/verifying-webhooks",
        notes=(
            "The body contains the action in `event`, but the topic is only in the unsigned header `x-topic`."
        ),
        retries=(
            "with exponential backoff "
            "([documentation](https://docs.moderntreasury.com/reference/webhooks)); the length is not"
            " documented; no timestamp is signed, so a retry is never rejected as stale"
        ),
    ),
)
