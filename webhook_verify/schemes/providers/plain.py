"""Plain: HMAC-SHA256 of the body, in `plain-request-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "plain",
    signature_header="plain-request-signature",
    id_in_body="id",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Plain",
        secret_from="Plain > Settings > Request signing: the HMAC secret of the workspace",
        url="https://plain.com/docs/request-signing",
        notes=(
            "Plain's sample code serializes the JSON again, but the signature covers the bytes as "
            "received. The secret is that of the workspace: all endpoints have the same."
        ),
    ),
)
