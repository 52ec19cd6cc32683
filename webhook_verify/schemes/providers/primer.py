"""Primer: HMAC-SHA256 of the body in base64, in `x-signature-primary` and `x-signature-secondary`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "primer",
    signature_header=("x-signature-primary", "x-signature-secondary"),
    body_is_unique=True,
    signature_encoding="base64",
    event_type_in_body="eventType",
    retry_seconds=1_870,
    docs=SchemeDocs(
        title="Primer",
        secret_from="Primer dashboard > Developers > Webhooks: the signing secret",
        url="https://primer.io/docs/api-reference/get-started/configure-webhooks",
        notes=(
            "For 24 hours after a rotation of the secret, the second header has a signature with the "
            "other secret. `signedAt` in the signed body is the time of the signature; this scheme "
            "does not check it."
        ),
        retries=(
            "5 times: after about 10 seconds, 60 seconds, 5 minutes, 10 minutes and 15 minutes "
            "([documentation](https://primer.io/docs/api-reference/get-started/configure-webhooks)); "
            "no timestamp is signed, so a retry is never rejected as stale"
        ),
    ),
)
