"""GitLab (secret token): a plain token in ``x-gitlab-token``; nothing is signed."""

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
    event_type_header="x-gitlab-event",
    docs=SchemeDocs(
        title="GitLab (secret token)",
        secret_from="the project's or group's Settings, Webhooks, Secret token: you choose it",
        url="https://docs.gitlab.com/user/project/integrations/webhooks/",
        notes=(
            "Nothing is signed: the token itself is sent, and who has seen one request can make others. "
            "Prefer a signing token, which is the scheme gitlab."
        ),
    ),
)
