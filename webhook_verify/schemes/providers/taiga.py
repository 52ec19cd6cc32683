"""Taiga: HMAC-SHA1 of the body, in `x-taiga-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "taiga",
    signature_header="x-taiga-webhook-signature",
    algorithm="hmac-sha1",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Taiga",
        secret_from="the project's Settings > Integrations > Webhooks: the Secret key; you choose it",
        url="https://docs.taiga.io/webhooks.html",
        notes=(
            "HMAC-SHA1 is still secure as a MAC. The type is that of the object; `action` is what "
            "happened to it."
        ),
    ),
)
