"""Netlify: a token (HS256) with the SHA-256 of the body, in `x-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jwt_scheme import JwtScheme

__all__ = ["SCHEME"]

SCHEME = JwtScheme(
    "netlify",
    header="x-webhook-signature",
    claims={"iss": "netlify", "sha256": "{sha256:body}"},
    timestamp_claim="",
    event_type_in_body="state",
    docs=SchemeDocs(
        title="Netlify",
        secret_from=(
            "Project configuration > Notifications > HTTP POST request: JWS secret token; you choose it"
        ),
        url="https://docs.netlify.com/site-deploys/notifications/",
        notes=(
            "Without a secret, Netlify does not sign deliveries. Its documentation names two claims, "
            "`iss` and `sha256`, and no time, so a captured delivery stays valid; a token with `iat` "
            "is rejected after 5 minutes. The `id` in the body is that of the deploy, which several "
            "deliveries share."
        ),
    ),
)
