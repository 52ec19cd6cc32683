"""Adyen (header): HMAC-SHA256 of the body, in `hmacsignature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "adyen-header",
    signature_header="hmacsignature",
    signature_encoding="base64",
    secret_encoding="hex",
    event_type_in_body="type",
    retry_seconds=2_592_000,
    docs=SchemeDocs(
        title="Adyen (header)",
        secret_from="Customer Area > Developers > Webhooks: the webhook's HMAC key",
        url="https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
        notes=(
            "For the webhooks of Balance Platform and Management. For standard webhooks, use the "
            "scheme `adyen`."
        ),
        retries=(
            "3 times within 27 seconds, then from a queue for up to 30 days "
            "([documentation](https://docs.adyen.com/development-resources/webhooks/troubleshoot)); "
            "no timestamp is signed, so a retry is never rejected as stale"
        ),
    ),
)
