"""Atlassian Forge Remote: jose, which verifies invocation tokens in third-party apps for Node."""

from __future__ import annotations

import json

from tests.providers.interop import interop
from tests.providers.key_pairs import jwk_of, private_pem, rsa_key
from tests.providers.npm import node
from tests.providers.sample import NOW
from tests.providers.samples.atlassian_forge import APP, FORGE, SAMPLE
from tests.providers.verdicts import accepts
from webhook_verify import Verifier

_VERIFY = """
const jose = await import('jose');
const keys = jose.createLocalJWKSet(JSON.parse(given.keys));
const currentDate = new Date(given.now * 1000);
const options = { issuer: 'forge/invocation-token', audience: given.app, currentDate };
return jose.jwtVerify(given.token, keys, options).then(() => true, () => false);
"""
_SIGN = """
const jose = await import('jose');
return new jose.SignJWT({}).setIssuer('forge/invocation-token').setAudience(given.app)
  .setIssuedAt(given.now).setExpirationTime(given.now + 60)
  .setProtectedHeader({ alg: 'RS256', kid: 'forge/invocation-token/1' })
  .sign(await jose.importPKCS8(given.key, 'RS256'));
"""


@interop("atlassian-forge", by="jose (npm), with the issuer, audience and keys of the documentation")
def test_jose_agrees_in_both_directions() -> None:
    body, headers = SAMPLE.signed()
    keys = json.dumps({"keys": [jwk_of(rsa_key(0), "forge/invocation-token/1")]})
    given = {"keys": keys, "app": APP, "now": NOW, "key": private_pem(rsa_key(0))}
    given["token"] = headers["authorization"].removeprefix("Bearer ")
    assert node(_VERIFY, given) is True
    assert node(_VERIFY, {**given, "app": "ari:cloud:ecosystem::app/another"}) is False

    theirs = {"authorization": f"Bearer {node(_SIGN, given)}"}
    for app, accepted in ((APP, True), ("ari:cloud:ecosystem::app/another", False)):
        verifier = Verifier(app, scheme=FORGE, clock=lambda: NOW)
        assert accepts(lambda: verifier.verify(body, theirs)) is accepted  # noqa: B023
