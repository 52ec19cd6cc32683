"""Mixpanel cohort sync: HTTP Basic authentication in `authorization`; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.providers._basic_auth import BasicAuth

__all__ = ["SCHEME"]

SCHEME = BasicAuth(
    "mixpanel",
    event_type_in_body="action",
    docs=SchemeDocs(
        title="Mixpanel cohort sync",
        secret_from=(
            "the user name and the password of the webhook connection, as `user:password`; you choose both"
        ),
        url="https://docs.mixpanel.com/docs/cohort-sync/webhooks",
        notes=(
            "Nothing is signed: each request contains the user name and the password, so an attacker "
            "who has seen one request can forge others. The authentication is optional in "
            "Mixpanel, and without it, deliveries cannot be verified."
        ),
    ),
)
