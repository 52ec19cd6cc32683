"""Sanity: HMAC-SHA256 of `{timestamp}.{body}`, in `sanity-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "sanity",
    signature_header="sanity-webhook-signature",
    signature_field="v1",
    timestamp_field="t",
    signature_encoding="base64url",
    signed_content="{timestamp}.{body}",
    timestamp_unit="ms",
    id_header="idempotency-key",
    retry_seconds=60,
    docs=SchemeDocs(
        title="Sanity",
        secret_from="the project's API > Webhooks: the webhook's Secret; you choose it",
        url="https://www.sanity.io/docs/content-lake/webhooks",
        notes=("`idempotency-key` is not signed. Sanity's own library does not check the age of a delivery."),
        retries=(
            "twice, 30 seconds apart, after 429 and 5xx "
            "([changelog](https://www.sanity.io/docs/changelog/50ec6abf-fe0c-475b-ae72-314148860132), "
            "April 2026; previously half an hour); the timestamp of a retry is not documented"
        ),
    ),
)
