"""FusionAuth: a token with the SHA-256 of the body in base64, in `x-fusionauth-signature-jwt`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jwt_scheme import JwtScheme

__all__ = ["SCHEME"]

SCHEME = JwtScheme(
    "fusionauth",
    header="x-fusionauth-signature-jwt",
    algorithm=["HS256", "HS384", "HS512"],
    claims={"request_body_sha256": "{sha256:body:base64}"},
    timestamp_claim="",
    id_in_body="event.id",
    event_type_in_body="event.type",
    docs=SchemeDocs(
        title="FusionAuth",
        secret_from=("FusionAuth's Settings > Key Master: the secret of the HMAC key that signs the webhook"),
        url="https://fusionauth.io/docs/extend/events-and-webhooks/signing",
        notes=(
            "Signing is off until you enable it for the webhook. For an RSA or EC key, use "
            '`SCHEME.with_options(algorithm="RS256")` or `"ES256"` with the public key in PEM as the '
            'secret; or fetch the keys: with `keys_url="{account}/.well-known/jwks.json"` the secret '
            "is the address of your FusionAuth, such as `https://auth.example.com`. The "
            "documentation names no time in the token, so a captured delivery stays valid: "
            "deduplicate by the event's id."
        ),
    ),
)
