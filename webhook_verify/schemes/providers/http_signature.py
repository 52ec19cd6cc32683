"""Any sender that signs its requests as RFC 9421 describes."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.http_signature import HttpSignature

__all__ = ["SCHEME"]

SCHEME = HttpSignature(
    "http-signature",
    docs=SchemeDocs(
        title="HTTP Message Signatures (RFC 9421)",
        secret_from="the sender's public key as PEM or JSON Web Key Set, or the secret of HMAC-SHA256",
        url="https://www.rfc-editor.org/rfc/rfc9421",
        notes=(
            "The signature must cover `@method`; `@target-uri`, or `@authority` and `@path`; the query "
            "if the URL has one; and `content-digest` if the request has a body. It must have `created`. "
            "Headers that are not covered are not signed. The deduplication key is the nonce if the "
            "signature has one. For a sender with other rules, register `HttpSignature(name, "
            "Profile(...))` from `webhook_verify.schemes.http_signature`: its `tag`, `label`, required "
            "components and parameters, and the URL of its key set with `fetches_keys=True`. Responses, "
            "trailers (`tr`) and related requests (`req`) are not supported."
        ),
    ),
)
