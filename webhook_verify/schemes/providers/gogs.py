"""Gogs: HMAC-SHA256 of the JSON, in `x-gogs-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "gogs",
    signature_header="x-gogs-signature",
    signed_form_field="payload",
    id_header="x-gogs-delivery",
    id_on_retry="kept",
    event_type_header="x-gogs-event",
    docs=SchemeDocs(
        title="Gogs",
        secret_from="the repository's or organization's Settings > Webhooks > Secret; you choose it",
        url="https://gogs.io/docs/features/webhook",
        notes=(
            "With the content type `application/x-www-form-urlencoded`, the JSON in the field `payload` is "
            "signed, and both content types are accepted. The delivery id and the event in the headers are "
            "not signed."
        ),
    ),
)
