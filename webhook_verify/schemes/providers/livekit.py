"""LiveKit: a token (HS256) with the SHA-256 of the body in base64, in `authorization`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jwt_scheme import JwtScheme

__all__ = ["SCHEME"]

SCHEME = JwtScheme(
    "livekit",
    header="authorization",
    claims={"sha256": "{sha256:body:base64}"},
    required_claims=["exp"],
    timestamp_claim="nbf",
    leeway=10,
    id_in_body="id",
    event_type_in_body="event",
    docs=SchemeDocs(
        title="LiveKit",
        secret_from="the API secret of the key that is configured to sign webhooks; not the API key",
        url="https://docs.livekit.io/home/server/webhooks/",
        notes=(
            "The header contains the token without `Bearer`. The claim `iss` is the API key. With "
            'several projects, use `SCHEME.with_options(claims={"iss": "{account}"})` and secrets in '
            "the form `API key:API secret`, so that a project's secret verifies only its own "
            "deliveries. The content type is `application/webhook+json`, which a framework may not "
            "parse as JSON. Clocks may differ by 10 seconds, as in LiveKit's library for Node."
        ),
    ),
)
