"""Vonage: a token (HS256) with the SHA-256 of the body, in `authorization`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jwt_scheme import JwtScheme

__all__ = ["SCHEME"]

SCHEME = JwtScheme(
    "vonage",
    header="authorization",
    prefix="Bearer ",
    claims={"iss": "Vonage", "payload_hash": "{sha256:body}"},
    id_claim="jti",
    docs=SchemeDocs(
        title="Vonage",
        secret_from="Vonage's dashboard > Settings: the signature secret of the API key",
        url="https://developer.vonage.com/en/getting-started/concepts/webhooks",
        notes=(
            "For POST webhooks of the Messages, Dispatch and Voice APIs. The hash of a GET webhook "
            "is that of its query as JSON, which this scheme does not verify. Vonage can send a "
            "delivery without a token after an internal error, and asks you to respond with 5xx, so "
            "that it is sent again. The claims `api_key` and `application_id` are signed: to require "
            'one, pass `SCHEME.with_options(claims={"api_key": "..."})`. The message id is the claim '
            "`jti`, and Vonage does not document whether a retry has the same one."
        ),
    ),
)
