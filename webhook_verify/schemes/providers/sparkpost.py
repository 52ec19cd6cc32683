"""SparkPost: HTTP Basic authentication in `authorization`; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.providers._basic_auth import BasicAuth
from webhook_verify.schemes.sender_rules import ResponseRules

__all__ = ["SCHEME"]

SCHEME = BasicAuth(
    "sparkpost",
    id_header="x-messagesystems-batch-id",
    responses=ResponseRules(accepted_status=200),
    docs=SchemeDocs(
        title="SparkPost",
        secret_from=(
            "the user name and the password of the webhook's Basic authentication, as "
            "`user:password`; you choose both"
        ),
        url="https://developers.sparkpost.com/api/webhooks/",
        response="status 200",
        notes=(
            "Nothing is signed: each request contains the user name and the password, so an attacker "
            "who has seen one request can forge others. A webhook without authentication, or with "
            "OAuth 2.0, cannot be verified with this scheme. SparkPost requires status 200."
        ),
        retries=(
            "for 8 hours ([documentation](https://docs.bird.com/api/email-api/webhooks)); no timestamp is "
            "signed, so a retry is never rejected as stale"
        ),
    ),
)
