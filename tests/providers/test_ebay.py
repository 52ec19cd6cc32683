"""eBay: keys that are fetched with a token, the header's form, and the validation of eBay's Node.js SDK."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pytest

from tests.adapters.raw_requests import ADAPTERS, Ask
from tests.providers.interop import interop
from tests.providers.key_pairs import p256, pem_of
from tests.providers.npm import node
from tests.providers.samples.ebay import CREDENTIALS, EBAY, KEY_ID, SAMPLE, ebay_server, signature_header
from tests.rows import rows
from webhook_verify import InvalidSecret, KeyUnavailable, MalformedDelivery, SignatureMismatch, Verifier
from webhook_verify.handshakes import EbayChallenge
from webhook_verify.schemes.providers.ebay import Ebay

BODY, HEADERS = SAMPLE.signed()

# The SDK fetches the key with its own client, which this replaces.
VALIDATE = """
const Module = (await import('node:module')).default;
const load = Module._load;
Module._load = (name, ...rest) =>
  name === './client' ? { getPublicKey: async () => ({ key: given.key }) } : load(name, ...rest);
const sdk = require('./node_modules/event-notification-nodejs-sdk/lib/validator.js');
const valid = [];
for (const body of given.bodies) valid.push(await sdk.validateSignature(JSON.parse(body), given.header, {}));
const config = { verificationToken: given.token, endpoint: given.url };
return [valid, sdk.generateChallengeResponse('a8628072', config)];
"""
TOKEN, ENDPOINT = "71745723-d031-455c-bfa5-f90d11b4f20a", "https://example.com/hook"


@interop("ebay", by="event-notification-nodejs-sdk (npm)")
def test_the_sdk_accepts_the_same_notifications_and_challenges() -> None:
    body = '{"metadata":{"topic":"MARKETPLACE_ACCOUNT_DELETION"},"notification":{"notificationId":"né"}}'
    header = signature_header(body.encode())
    pem = pem_of(p256(0))[0].replace("\n", "")
    given = {"bodies": [body, body.replace("é", "e")], "header": header, "key": pem}
    valid, challenge = node(VALIDATE, {**given, "token": TOKEN, "url": ENDPOINT})

    assert valid == [True, False]
    delivery = SAMPLE.verifier().verify(body.encode(), {"X-EBAY-SIGNATURE": header})
    assert (delivery.id, delivery.event_type) == ("né", "MARKETPLACE_ACCOUNT_DELETION")
    with pytest.raises(SignatureMismatch):
        SAMPLE.verifier().verify(given["bodies"][1].encode(), {"X-EBAY-SIGNATURE": header})

    receiver = ADAPTERS["wsgi"].receiver(SAMPLE.verifier(), handshake=EbayChallenge(TOKEN, ENDPOINT))
    seen = ADAPTERS["wsgi"].send(receiver, Ask("GET", "/hook?challenge_code=a8628072"))
    assert json.loads(seen.body) == {"challengeResponse": challenge}
    assert challenge == sha256(f"a8628072{TOKEN}{ENDPOINT}".encode()).hexdigest()


class Counted:
    """The server of eBay, which notes the paths of its requests."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def __call__(self, url: str, content: bytes | None, headers: Mapping[str, str]) -> bytes:
        self.paths.append(url.rpartition("/")[2])
        return ebay_server(url, content, headers)


def test_one_token_serves_for_all_keys_and_known_keys_are_not_fetched_again() -> None:
    server = Counted()
    verifier = Verifier(CREDENTIALS, scheme=Ebay(fetch=server))
    for _ in range(3):
        verifier.verify(BODY, HEADERS)
    for number in range(3):
        with pytest.raises(KeyUnavailable):
            verifier.verify(BODY, {"x-ebay-signature": signature_header(BODY, kid=f"unknown-{number}")})
    assert server.paths == ["token", KEY_ID, *(f"unknown-{number}" for number in range(3))]


def key_document(**changed: Any) -> bytes:
    document = {"algorithm": "ECDSA", "digest": "SHA1", "key": pem_of(p256(0))[0]}
    return json.dumps({**document, **changed}).encode()


DOCUMENTS = {
    "no JSON": b"<html>",
    "a list": b"[]",
    "no key": b"{}",
    "no PEM": key_document(key="key"),
    "MD5": key_document(digest="MD5"),
    "a number as digest": key_document(digest=1),
}


@rows("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_an_invalid_key_is_unavailable(document: bytes) -> None:
    def fetch(url: str, content: bytes | None, headers: Mapping[str, str]) -> bytes:
        return ebay_server(url, content, headers) if content else document

    with pytest.raises(KeyUnavailable):
        Verifier(CREDENTIALS, scheme=Ebay(fetch=fetch)).verify(BODY, HEADERS)


def test_wrong_credentials_make_the_key_unavailable_without_showing_them() -> None:
    def fetch(url: str, content: bytes | None, headers: Mapping[str, str]) -> bytes:
        raise OSError(f"401 for {headers}")

    with pytest.raises(KeyUnavailable) as caught:
        Verifier(CREDENTIALS, scheme=Ebay(fetch=fetch)).verify(BODY, HEADERS)
    assert "hunter2" not in repr(caught.value)
    assert b64encode(CREDENTIALS.encode()).decode() not in str(caught.value)


UNREADABLE = {
    "no header": "",
    "not base64": "ü",
    "base64 of text": b64encode(b"text").decode(),
    "a list": b64encode(b"[]").decode(),
    "no key id": signature_header(BODY, kid=None),
    "a path as key id": signature_header(BODY, kid="../a"),
    "a URL as key id": signature_header(BODY, kid="https://example.com"),
    "a number as signature": signature_header(BODY, signature=1),
    "duplicate key ids": b64encode(
        b64decode(HEADERS["x-ebay-signature"]).replace(b"}", b', "kid": "a"}')
    ).decode(),
    "too long": signature_header(BODY, more="a" * 2_000),
    "not canonical": HEADERS["x-ebay-signature"] + "\n",
}


@rows("header", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_header_is_malformed(header: str) -> None:
    with pytest.raises(MalformedDelivery):
        SAMPLE.verifier().verify(BODY, {"x-ebay-signature": header})


@rows("signature", ["", "AAAA", "not base64", "A" * 400])
def test_a_wrong_signature_is_rejected(signature: str) -> None:
    with pytest.raises(SignatureMismatch):
        SAMPLE.verifier().verify(BODY, {"x-ebay-signature": signature_header(BODY, signature=signature)})


@rows("secret", ["client", ":secret", "client:", "client:\n", "clïent:secret", b"client:secret"])
def test_the_secret_is_two_values(secret: str | bytes) -> None:
    with pytest.raises(InvalidSecret):
        Verifier(secret, scheme=EBAY)


def test_misuse() -> None:
    with pytest.raises(ValueError, match="environment must be one of production, sandbox"):
        Ebay(environment="test")
    with pytest.raises(TypeError):
        Ebay(key_store={})  # type: ignore[arg-type]
