"""Pusher Channels: HMAC-SHA256 of the body, in `x-pusher-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "pusher",
    signature_header="x-pusher-signature",
    body_is_unique=True,
    retry_seconds=300,
    docs=SchemeDocs(
        title="Pusher Channels",
        secret_from=(
            "Pusher dashboard > the app's App Keys: the `secret` of the key that `x-pusher-key` names"
        ),
        url="https://pusher.com/docs/channels/server_api/webhooks/",
        notes=(
            "`x-pusher-key` is not signed. If the app has several keys, pass all their secrets to the"
            " `Verifier`. `time_ms` in the signed body is the time of the delivery; this scheme does "
            "not check it."
        ),
        retries=(
            "for 5 minutes, with exponential backoff "
            "([documentation](https://pusher.com/docs/channels/server_api/webhooks/)); no timestamp is "
            "signed, so a retry is never rejected as stale"
        ),
    ),
)
