"""Exa: HMAC-SHA256 of `{timestamp}.{body}`, in `exa-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "exa",
    signature_header="exa-signature",
    signature_field="v1",
    timestamp_field="t",
    signed_content="{timestamp}.{body}",
    id_in_body="id",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Exa",
        secret_from="the `secret` in the response to the request that created the webhook",
        url="https://exa.ai/docs/websets/api/webhooks/verifying-signatures",
    ),
)
