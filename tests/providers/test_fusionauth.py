"""FusionAuth: jose, as in FusionAuth's documented listener, for each kind of key."""

from __future__ import annotations

import json

import pytest

from tests.providers.interop import interop
from tests.providers.key_pairs import jwk_of, p256, pem_of, rsa_key
from tests.providers.npm import node
from tests.providers.sample import NOW, TEXT_SECRET
from tests.providers.verdicts import accepts
from webhook_verify import InvalidSecret, Signer, Verifier
from webhook_verify.schemes.providers.fusionauth import SCHEME

BODY = '{"event": {"id": "e-1", "type": "user.create", "name": "Zo\xeb"}}'
HEADER = "x-fusionauth-signature-jwt"

_VERIFY = """
const jose = await import('jose');
const key = given.alg === 'HS256' ? new TextEncoder().encode(given.key)
  : await jose.importSPKI(given.key, given.alg);
const { payload } = await jose.jwtVerify(given.token, key);
const digest = require('crypto').createHash('sha256').update(given.body).digest('base64');
return payload.request_body_sha256 === digest;
"""
_SIGN = """
const jose = await import('jose');
const key = given.alg === 'HS256' ? new TextEncoder().encode(given.key)
  : await jose.importPKCS8(given.key, given.alg);
const digest = require('crypto').createHash('sha256').update(given.body).digest('base64');
return new jose.SignJWT({ request_body_sha256: digest })
  .setProtectedHeader({ alg: given.alg, kid: 'key-1' }).sign(key);
"""
KEYS = {
    "HS256": (TEXT_SECRET, TEXT_SECRET),
    "RS256": pem_of(rsa_key(0)),
    "ES256": pem_of(p256(0)),
}


@interop("fusionauth", by="jose (npm), as in FusionAuth's documented example")
@pytest.mark.parametrize("algorithm", KEYS)
def test_the_library_of_fusionauths_example_agrees(algorithm: str) -> None:
    public, private = KEYS[algorithm]
    scheme = SCHEME.with_options(algorithm=algorithm)
    ours = Signer(private, scheme=scheme).sign(BODY.encode(), id="", timestamp=NOW)[HEADER]
    given = {"alg": algorithm, "body": BODY}
    theirs = {HEADER: node(_SIGN, {**given, "key": private})}

    assert node(_VERIFY, {**given, "token": ours, "key": public}) is True
    verifier = Verifier(public, scheme=scheme)
    delivery = verifier.verify(BODY.encode(), theirs)
    assert (delivery.id, delivery.event_type, delivery.body_is_signed) == ("e-1", "user.create", True)
    assert not accepts(lambda: verifier.verify(BODY.encode() + b" ", theirs))


def test_keys_can_be_fetched_from_ones_own_fusionauth() -> None:
    fetched: list[str] = []

    def fetch(url: str, content: bytes | None = None) -> bytes:
        fetched.append(url)
        return json.dumps({"keys": [jwk_of(rsa_key(0), "key-1")]}).encode()

    scheme = SCHEME.with_options(algorithm="RS256", keys_url="{account}/.well-known/jwks.json", fetch=fetch)
    text = node(_SIGN, {"alg": "RS256", "body": BODY, "key": KEYS["RS256"][1]})

    delivery = Verifier("https://auth.example.com", scheme=scheme).verify(BODY.encode(), {HEADER: text})
    assert (delivery.id, fetched) == ("e-1", ["https://auth.example.com/.well-known/jwks.json"])
    with pytest.raises(InvalidSecret):
        Verifier("http://auth.example.com", scheme=scheme)
