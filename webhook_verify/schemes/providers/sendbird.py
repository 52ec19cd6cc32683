"""Sendbird: HMAC-SHA256 of the body, in `x-sendbird-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "sendbird",
    signature_header="x-sendbird-signature",
    event_type_in_body="category",
    docs=SchemeDocs(
        title="Sendbird",
        secret_from=(
            "Sendbird dashboard > Settings > Application > General > API tokens: the master API token"
        ),
        url="https://sendbird.com/docs/chat/platform-api/v3/webhook/webhook-overview",
        notes=(
            "Sendbird signs with the API token, so this token must not be shared with other "
            "receivers. Deliveries have no message id."
        ),
        retries=(
            "up to 3 attempts; the delay is not documented "
            "([documentation](https://sendbird.com/docs/chat/platform-api/v3/webhook/webhook-overview)); "
            "no timestamp is signed, so a retry is never rejected as stale"
        ),
    ),
)
