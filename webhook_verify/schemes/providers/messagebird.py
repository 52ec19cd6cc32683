"""MessageBird: a token with the SHA-256 of URL and body, in `messagebird-signature-jwt`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jwt_scheme import JwtScheme

__all__ = ["SCHEME"]

SCHEME = JwtScheme(
    "messagebird",
    header="messagebird-signature-jwt",
    algorithm=["HS256", "HS384", "HS512"],
    claims={"iss": "MessageBird", "url_hash": "{sha256:url}", "payload_hash": "{sha256:body}"},
    may_omit_empty_body_hash=True,
    required_claims=["exp", "jti"],
    timestamp_claim="nbf",
    leeway=10,
    id_claim="jti",
    docs=SchemeDocs(
        title="MessageBird",
        secret_from=("MessageBird's dashboard > Developers > Settings: the signing key; not an access key"),
        url="https://developers.messagebird.com/api/#verifying-http-requests",
        notes=(
            "The URL must be exactly the one that MessageBird calls, with its query. A token is valid "
            "for a minute, and clocks may differ by 10 seconds. The message id is the claim `jti`, and "
            "MessageBird does not document whether a retry has the same one. The newer Bird API signs "
            "in `messagebird-signature` instead, which this scheme does not verify."
        ),
    ),
)
