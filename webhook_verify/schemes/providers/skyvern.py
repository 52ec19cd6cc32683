"""Skyvern: HMAC-SHA256 of the body, in `x-skyvern-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "skyvern",
    signature_header="x-skyvern-signature",
    docs=SchemeDocs(
        title="Skyvern",
        secret_from="the API key of the organization that started the run",
        url="https://www.skyvern.com/docs/going-to-production/webhooks",
        notes=(
            "The key is the API key. `x-skyvern-timestamp` is not signed, and was an hour off outside "
            "UTC, so it is not read. Deliveries have no id and no event type."
        ),
    ),
)
