"""Deel: HMAC-SHA256 of `POST{body}`, in `x-deel-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "deel",
    signature_header="x-deel-signature",
    signed_content="POST{body}",
    event_type_in_body="data.meta.event_type",
    docs=SchemeDocs(
        title="Deel",
        secret_from="the signing key in the response to the request that created the webhook",
        url="https://developer.deel.com/docs/webhooks",
        notes=(
            "The word `POST` precedes the body in the signed content. The header `x-deel-hmac-label` "
            "contains the name of the webhook, and is not signed."
        ),
    ),
)
