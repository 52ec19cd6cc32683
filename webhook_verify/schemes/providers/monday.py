"""monday.com: a token (HS256) for the URL, in `authorization`. It does not sign the body."""

from __future__ import annotations

from webhook_verify.handshakes import MondayChallenge
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jwt_scheme import JwtScheme

__all__ = ["SCHEME"]

SCHEME = JwtScheme(
    "monday",
    header="authorization",
    claims={"aud": "{url}"},
    required_claims=["exp"],
    event_type_in_body="event.type",
    handshake=MondayChallenge(),
    docs=SchemeDocs(
        title="monday.com",
        secret_from=(
            "monday.com's Developer Center: the app's Signing Secret; for app lifecycle webhooks its "
            "Client Secret"
        ),
        url="https://developer.monday.com/apps/docs/authorization-header",
        notes=(
            "The token signs the URL, the account and the user, but not the body: an attacker who "
            "has seen a token can send any body while it is valid. The URL must be exactly the "
            "configured one. Webhooks that were created with a personal token have no token and "
            "cannot be verified. The header contains the token without `Bearer`."
        ),
    ),
)
