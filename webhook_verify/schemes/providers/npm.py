"""npm: HMAC-SHA256 of the body, in `x-npm-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "npm",
    signature_header="x-npm-signature",
    signature_prefix="sha256=",
    event_type_in_body="event",
    docs=SchemeDocs(
        title="npm",
        secret_from="the secret that you passed to `npm hook add`",
        url="https://github.com/npm/registry/blob/main/docs/hooks/endpoints.md",
    ),
)
