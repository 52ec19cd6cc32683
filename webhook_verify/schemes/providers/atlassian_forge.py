"""Atlassian Forge Remote: a token (RS256) for the app, in `authorization`. It does not sign the body."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jwt_scheme import JwtScheme

__all__ = ["SCHEME"]

SCHEME = JwtScheme(
    "atlassian-forge",
    header="authorization",
    prefix="Bearer ",
    algorithm="RS256",
    keys_url="https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json",
    claims={"iss": "forge/invocation-token", "aud": "{account}"},
    required_claims=["exp"],
    docs=SchemeDocs(
        title="Atlassian Forge Remote",
        secret_from="the app id in `manifest.yml`, such as `ari:cloud:ecosystem::app/...`; it is not secret",
        url="https://developer.atlassian.com/platform/forge/remote/essentials/",
        notes=(
            "The token signs the app and the installation, but not the body: an attacker who has seen "
            "a token can send any body while it is valid. Atlassian retries events up to 4 times, and "
            "does not document whether a retry has the same token."
        ),
    ),
)
