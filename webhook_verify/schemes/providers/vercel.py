"""Vercel: HMAC-SHA1 of the body, in `x-vercel-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "vercel",
    signature_header="x-vercel-signature",
    algorithm="hmac-sha1",
    id_in_body="id",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Vercel",
        secret_from="the team's Settings > Webhooks, shown once; for an integration, its client secret",
        url="https://vercel.com/docs/webhooks/webhooks-api",
        notes="Vercel signs with HMAC-SHA1; the known attacks on SHA-1 do not break HMAC-SHA1.",
    ),
)
