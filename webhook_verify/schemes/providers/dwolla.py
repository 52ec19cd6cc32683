"""Dwolla: HMAC-SHA256 of the body, in `x-request-signature-sha-256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "dwolla",
    signature_header="x-request-signature-sha-256",
    id_in_body="id",
    event_type_in_body="topic",
    docs=SchemeDocs(
        title="Dwolla",
        secret_from="the `secret` that you passed to the request that created the webhook subscription",
        url="https://developers.dwolla.com/docs/balance/webhooks/process-validate",
    ),
)
