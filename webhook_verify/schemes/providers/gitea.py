"""Gitea: HMAC-SHA256 of the JSON, in `x-gitea-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "gitea",
    signature_header="x-gitea-signature",
    signed_form_field="payload",
    id_header="x-gitea-delivery",
    event_type_header="x-gitea-event",
    docs=SchemeDocs(
        title="Gitea",
        secret_from="the repository's or organization's Settings > Webhooks > Secret; you choose it",
        url="https://docs.gitea.com/usage/webhooks",
        notes=(
            "With the content type `application/x-www-form-urlencoded`, the JSON in the field `payload` is "
            "signed, and both content types are accepted. The delivery id and the event in the headers are "
            "not signed."
        ),
    ),
)
