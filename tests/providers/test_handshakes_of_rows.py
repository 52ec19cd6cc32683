"""Handshakes with the scheme of their provider: challenges are answered, deliveries still handled."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64decode, b64encode

from tests.adapters.raw_requests import ADAPTERS, HANDLED, Ask
from tests.providers.handshake_calls import BRAINTREE_CHALLENGE, VERIFY_TOKEN, as_json
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from webhook_verify import Verifier
from webhook_verify.handshakes import BraintreeChallenge, Handshake, LarkChallenge

WSGI = ADAPTERS["wsgi"]


def answer(name: str, ask: Ask, handshake: Handshake | None = None) -> tuple[int, bytes]:
    sample = SAMPLES[name]
    verifier = Verifier(sample.secret, scheme=sample.scheme, clock=lambda: NOW)
    receiver = WSGI.receiver(verifier, handshake=handshake, public_url=sample.origin)
    seen = WSGI.send(receiver, ask)
    return seen.status, seen.body


def test_okta() -> None:
    ask = Ask("GET", headers={"x-okta-verification-challenge": "ZGVtbw"})
    assert answer("okta", ask) == (200, b'{"verification": "ZGVtbw"}')
    assert answer("okta", Ask("GET"))[0] == 405


def test_monday() -> None:
    assert answer("monday", Ask(body=b'{"challenge":"3eZbrw1a"}')) == (200, b'{"challenge": "3eZbrw1a"}')
    assert answer("monday", Ask(body=b'{"challenge":"3eZbrw1a","event":{}}'))[0] in {400, 401}


def test_braintree_signs_with_the_sha1_of_the_private_key() -> None:
    handshake = BraintreeChallenge("integration_public_key")
    key = hashlib.sha1(SAMPLES["braintree"].secret.encode()).digest()
    mac = hmac.new(key, BRAINTREE_CHALLENGE.encode(), "sha1").hexdigest()
    challenge = Ask("GET", f"/hook?bt_challenge={BRAINTREE_CHALLENGE}")
    assert answer("braintree", challenge, handshake) == (200, f"integration_public_key|{mac}".encode())

    body, headers = SAMPLES["braintree"].signed()
    status, handled = answer("braintree", Ask(body=body, headers=headers), handshake)
    assert (status, handled.startswith(HANDLED)) == (200, True)


def test_lark_without_and_with_an_encrypt_key() -> None:
    challenge = as_json(type="url_verification", token=VERIFY_TOKEN, challenge="ajls384kdjx98XX")
    expected = 200, b'{"challenge": "ajls384kdjx98XX"}'
    assert answer("lark", Ask(body=challenge), LarkChallenge(VERIFY_TOKEN)) == expected

    def decrypt(body: bytes) -> bytes:
        return b64decode(json.loads(body)["encrypt"])

    handshake = LarkChallenge(VERIFY_TOKEN, decrypt=decrypt)
    assert answer("lark", Ask(body=as_json(encrypt=b64encode(challenge).decode())), handshake) == expected
    event = as_json(encrypt=b64encode(b'{"schema": "2.0"}').decode())
    assert answer("lark", Ask(body=event), handshake)[0] in {400, 401}
