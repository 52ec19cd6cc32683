"""Atlassian Connect apps for Jira: a token (HS256) with a hash of the URL. It does not sign the body."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jwt_scheme import JwtScheme

__all__ = ["SCHEME"]

SCHEME = JwtScheme(
    "jira-connect",
    header="authorization",
    prefix="JWT ",
    claims={"qsh": "{qsh}"},
    required_claims=["exp"],
    event_type_in_body="webhookEvent",
    docs=SchemeDocs(
        title="Jira Connect",
        secret_from="the `sharedSecret` of the `installed` callback of each client",
        url="https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/",
        notes=(
            "The claim `qsh` is a hash of the method, the path and the query, not of the body: an "
            "attacker who has seen a token can send any body to the same URL while it is valid. The "
            "claim `iss` is the `clientKey`. With several clients, use "
            '`SCHEME.with_options(claims={"iss": "{account}"})` and secrets in the form '
            "`clientKey:sharedSecret`, or look up the secret in a receiver's function with "
            '`SCHEME.unverified_claims(head.headers)["iss"]`. If the base URL of the app has a path, '
            'pass `SCHEME.with_options(claims={"qsh": "{qsh:/path}"})`. The callbacks `installed` '
            "and `uninstalled` are signed with RS256, which this scheme does not verify. Webhooks of "
            "administrators use the scheme `atlassian-jira`."
        ),
    ),
)
