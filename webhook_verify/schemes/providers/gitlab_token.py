"""GitLab (secret token): a plain token in `x-gitlab-token`; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "gitlab-token",
    signature_header="x-gitlab-token",
    algorithm="token",
    signature_encoding="text",
    id_header="idempotency-key",
    id_on_retry="kept",
    event_type_header="x-gitlab-event",
    docs=SchemeDocs(
        title="GitLab (secret token)",
        secret_from="the project's or group's Settings > Webhooks > Secret token; you choose it",
        url="https://docs.gitlab.com/user/project/integrations/webhooks/",
        notes=(
            "Nothing is signed: each request contains the token itself, so an attacker who has seen "
            "one request can forge others. Prefer a signing token, with the scheme `gitlab`. The token can "
            "be any text without control characters: GitLab sends its UTF-8 bytes, and these are compared."
        ),
    ),
)
