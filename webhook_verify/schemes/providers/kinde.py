"""Kinde: the body is a JSON Web Token, signed by the key of the configured domain."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jws_scheme import JwsScheme
from webhook_verify.schemes.sender_rules import ResponseRules

__all__ = ["SCHEME"]

SCHEME = JwsScheme(
    "kinde",
    algorithm="RS256",
    jwks_path="/.well-known/jwks.json",
    timestamp_in_body=("timestamp", "iat"),
    id_in_body="event_id",
    event_type_in_body="type",
    retry_seconds=36 * 3600.0,
    responses=ResponseRules(accepted_status=200),
    docs=SchemeDocs(
        title="Kinde",
        secret_from="the URL of your Kinde domain, such as `https://example.kinde.com`",
        secret_pattern=r"https?://\S+",
        url="https://docs.kinde.com/integrate/webhooks/about-webhooks/",
        notes=(
            "`delivery.json()` returns the verified payload of the token, and `delivery.body` is the token. "
            "Kinde recommends a check of the payload's `timestamp`; a token without it must have the claim "
            "`iat`. "
            "The header `webhook-id` is not signed, and not used. "
            "Two webhooks of one event have the same `event_id`: use one endpoint for each webhook. "
            "Instead of the URL, the secret may be a JSON Web Key Set."
        ),
        retries=(
            "after 5 and 30 seconds, 2 and 10 minutes, 1 and 4 hours, then every 12 hours until 36 hours, if "
            "the response is not 200 "
            "([documentation](https://docs.kinde.com/integrate/webhooks/about-webhooks/)); "
            "the timestamp of a retry is not documented"
        ),
    ),
)
