"""The sample of Atlassian Forge Remote."""

from __future__ import annotations

import json

import jwt

from tests.providers.key_pairs import jwk_of, rsa_key
from tests.providers.sample import Sample, Signed
from webhook_verify.schemes.providers.atlassian_forge import SCHEME

__all__ = ["APP", "FORGE", "SAMPLE"]

APP = "ari:cloud:ecosystem::app/8db33309-3f69-4d0c-aeae-d0ef6a0f6a2f"


def _atlassian(url: str, content: bytes | None = None) -> bytes:
    assert url == "https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json"
    return json.dumps({"keys": [jwk_of(rsa_key(0), "forge/invocation-token/1")]}).encode()


FORGE = SCHEME.with_options(fetch=_atlassian)


def _by_atlassian(sample: Sample, app: str, timestamp: int, id: str) -> Signed:
    claims = {"iss": "forge/invocation-token", "aud": app, "iat": timestamp, "exp": timestamp + 300}
    token = jwt.encode(claims, rsa_key(0), "RS256", headers={"kid": "forge/invocation-token/1"})
    return b'{"eventType": "avi:jira:created:issue"}', {"authorization": f"Bearer {token}"}


SAMPLE = Sample(scheme=FORGE, secret=APP, other_secret=APP.replace("8db", "9db"), sign=_by_atlassian)
