"""Snyk: HMAC-SHA256 of the body, in `x-hub-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "snyk",
    signature_header="x-hub-signature",
    signature_prefix="sha256=",
    id_header="x-snyk-transport-id",
    event_type_header="x-snyk-event",
    docs=SchemeDocs(
        title="Snyk",
        secret_from="the `secret` in your request that created the webhook; you choose it",
        url=(
            "https://docs.snyk.io/snyk-api/using-specific-snyk-apis/webhooks-apis/validation-and-versioning-of-payloads"
        ),
        notes=(
            "Only the body is signed: event, transport id and `x-snyk-timestamp` in the headers are not. "
            "Snyk's sample code serializes the JSON again, but the signature covers the bytes as "
            "received. The event ends with the version of the payload, such as `ping/v0`."
        ),
    ),
)
