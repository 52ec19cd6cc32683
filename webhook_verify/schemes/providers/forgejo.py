"""Forgejo: HMAC-SHA256 of the JSON, in `x-forgejo-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "forgejo",
    signature_header=("x-forgejo-signature", "x-gitea-signature"),
    signed_form_field="payload",
    id_header="x-forgejo-delivery",
    event_type_header="x-forgejo-event",
    docs=SchemeDocs(
        title="Forgejo",
        secret_from="the repository's or organization's Settings > Webhooks > Secret; you choose it",
        url="https://forgejo.org/docs/latest/user/webhooks/",
        notes=(
            "With the content type `application/x-www-form-urlencoded`, the JSON in the field `payload` "
            "is signed, and both content types are accepted. The delivery id and the event in the "
            "headers are not signed. The same signature is also in `x-gitea-signature`."
        ),
    ),
)
