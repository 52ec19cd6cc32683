"""Azure DevOps: HTTP Basic authentication; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.providers._basic_auth import BasicAuth

__all__ = ["SCHEME"]

SCHEME = BasicAuth(
    "azure-devops",
    id_in_body="id",
    event_type_in_body="eventType",
    docs=SchemeDocs(
        title="Azure DevOps",
        secret_from=(
            "the basic authentication username and password of the service hook subscription, as "
            "`username:password`; you choose them"
        ),
        url="https://learn.microsoft.com/azure/devops/service-hooks/services/webhooks",
        notes=(
            "Nothing is signed: each request contains the username and the password, so an attacker "
            "who has seen one request can forge others. The `id` in the body is that of the event."
        ),
    ),
)
