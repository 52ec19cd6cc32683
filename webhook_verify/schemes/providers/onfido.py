"""Onfido: HMAC-SHA256 of the body, in `x-sha2-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "onfido",
    signature_header="x-sha2-signature",
    event_type_in_body="payload.action",
    docs=SchemeDocs(
        title="Onfido",
        secret_from="the `token` of the webhook, in the response that created it or in the Onfido dashboard",
        url="https://documentation.onfido.com/api/latest/#webhooks",
        notes="`payload.object.id` identifies the changed object, not the delivery.",
    ),
)
