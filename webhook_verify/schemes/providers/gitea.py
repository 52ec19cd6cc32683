"""Gitea: HMAC-SHA256 of the body, in `x-gitea-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "gitea",
    signature_header="x-gitea-signature",
    id_header="x-gitea-delivery",
    event_type_header="x-gitea-event",
    docs=SchemeDocs(
        title="Gitea",
        secret_from="the repository's or organization's Settings > Webhooks > Secret; you choose it",
        url="https://docs.gitea.com/usage/webhooks",
        notes=(
            "Select the content type `application/json`. A form is not accepted, because its signature "
            "covers the value of a field and not the body. The delivery id and the event in the "
            "headers are not signed."
        ),
    ),
)
