"""Gogs: HMAC-SHA256 of the body, in `x-gogs-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "gogs",
    signature_header="x-gogs-signature",
    id_header="x-gogs-delivery",
    id_on_retry="kept",
    event_type_header="x-gogs-event",
    docs=SchemeDocs(
        title="Gogs",
        secret_from="the repository's or organization's Settings > Webhooks > Secret; you choose it",
        url="https://gogs.io/docs/features/webhook",
        notes=(
            "Select the content type `application/json`. A form is not accepted, because its signature "
            "covers the value of a field and not the body. The delivery id and the event in the "
            "headers are not signed."
        ),
    ),
)
