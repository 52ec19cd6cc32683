"""Bitbucket (hook UUID): the webhook's UUID in `x-hook-uuid`; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "bitbucket-uuid",
    signature_header="x-hook-uuid",
    algorithm="token",
    signature_encoding="text",
    id_header="x-request-uuid",
    event_type_header="x-event-key",
    docs=SchemeDocs(
        title="Bitbucket (hook UUID)",
        secret_from="the webhook's UUID with its braces, as the API returns it",
        url="https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/",
        notes=(
            "Nothing is signed: each request contains the token itself, so an attacker who has seen "
            "one request can forge others. A UUID is an identifier, not a secret: it is visible to "
            "all users with access to the repository's webhooks. Prefer a webhook with a secret, and "
            "the scheme `bitbucket`."
        ),
    ),
)
