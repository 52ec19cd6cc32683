"""Kinde: its own validator, the documented payload, and the body as a token."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest

from tests.providers.interop import interop
from tests.providers.jws_keys import jwks
from tests.providers.key_pairs import rsa_key
from tests.providers.npm import node
from tests.providers.sample import NOW
from tests.providers.samples.kinde import SAMPLE
from tests.rows import rows
from webhook_verify import Delivery, InvalidSecret, RejectedDelivery, TimestampOutsideTolerance, Verifier
from webhook_verify.schemes.providers.kinde import SCHEME


def _kinde(url: str, content: bytes | None) -> bytes:
    assert (url, content) == ("https://shop.kinde.com/.well-known/jwks.json", None)
    return jwks((rsa_key(0), "2a:e0:0")).encode()


KINDE = SCHEME.with_fetch(_kinde)
SENT = "2026-09-21T14:13:20.000Z"
DOCUMENTED: dict[str, Any] = {
    "data": {"user": {"email": "user@example.com", "first_name": "Zoë", "id": "kp_1234567890"}},
    "event_id": "event_1234567890",
    "event_timestamp": "2026-02-03T12:00:00.000Z",
    "source": "admin",
    "timestamp": SENT,
    "type": "user.created",
}


def _token(claims: dict[str, Any], key: int = 0, **header: Any) -> str:
    return jwt.encode(claims, rsa_key(key), "RS256", headers={"kid": "2a:e0:0", **header})


def _verified(token: str | bytes, now: float = NOW) -> Delivery:
    body = token if isinstance(token, bytes) else token.encode()
    verifier = Verifier("https://shop.kinde.com", scheme=KINDE, clock=lambda: now)
    return verifier.verify(body, {"webhook-id": "any"})


@interop("kinde", by="PyJWT (PyPI)")
def test_the_payload_of_the_documentation() -> None:
    token = _token(DOCUMENTED)
    delivery = _verified(token)

    assert (delivery.json(), delivery.body) == (DOCUMENTED, token.encode())
    assert (delivery.event_type, delivery.event_type_is_signed) == ("user.created", True)
    assert (delivery.idempotency_key, delivery.id_is_signed) == ("event_1234567890", True)
    assert (delivery.timestamp.timestamp(), delivery.timestamp_is_signed) == (NOW, True)


@interop("kinde", by="@kinde/jwt-validator (npm)")
def test_we_decide_as_kindes_validator() -> None:
    signed = SAMPLE.signed()[0].decode()
    head, payload, signature = signed.split(".")
    tokens = [signed, _token(DOCUMENTED, 1), f"{head}.{payload[:-4]}AAAA.{signature}", f"{head}.{payload}"]
    script = """
        globalThis.fetch = async url => {
            if (url !== 'https://shop.kinde.com/.well-known/jwks.json') throw new Error(url);
            return { ok: true, json: async () => JSON.parse(given.keys) }
        };
        const { validateToken } = await import('@kinde/jwt-validator');
        const log = console.log; console.log = () => {};
        const results = [];
        for (const token of given.tokens)
            results.push((await validateToken({ token, domain: 'https://shop.kinde.com' })).valid);
        console.log = log;
        return results
    """
    theirs = node(script, {"keys": jwks((rsa_key(0), "2a:e0:0")), "tokens": tokens})
    assert theirs == [True, False, False, False]
    for token, is_valid in zip(tokens, theirs, strict=True):
        if is_valid:
            assert _verified(token).event_type == "user.created"
        else:
            with pytest.raises(RejectedDelivery):
                _verified(token)


@rows(
    "claims",
    [
        {**DOCUMENTED, "timestamp": None},
        {**DOCUMENTED, "timestamp": "yesterday"},
        {name: value for name, value in DOCUMENTED.items() if name != "timestamp"},
    ],
    ids=range(3),
)
def test_a_token_without_a_time_is_rejected(claims: dict[str, Any]) -> None:
    with pytest.raises(RejectedDelivery, match="the signed body contains no valid timestamp"):
        _verified(_token(claims))


@rows("times", [{"timestamp": SENT}, {"timestamp": None, "iat": NOW}], ids=["timestamp", "iat"])
def test_a_token_is_five_minutes_old_at_most(times: dict[str, Any]) -> None:
    token = _token({**{name: value for name, value in DOCUMENTED.items() if name != "timestamp"}, **times})
    assert _verified(token, NOW + 300).id == "event_1234567890"
    with pytest.raises(TimestampOutsideTolerance):
        _verified(token, NOW + 301)


@rows(
    "body",
    [b"", b"{}", b"a.b.c", b"\xff.\xff.\xff", b"." * 1_000, json.dumps({"token": "x"}).encode()],
    ids=range(6),
)
def test_a_body_that_is_no_token(body: bytes) -> None:
    with pytest.raises(RejectedDelivery, match="the signature in the body is invalid"):
        _verified(body)


def test_the_text_of_the_token_is_exact() -> None:
    token = _token(DOCUMENTED)
    for body in (f" {token}", f"{token}\n", f'"{token}"', token + "=", token + "."):
        with pytest.raises(RejectedDelivery):
            _verified(body)


@rows("secret", ["acme.kinde.com", "http://acme.kinde.com", "enabled", "https://"])
def test_the_secret_is_the_url_of_the_domain(secret: str) -> None:
    with pytest.raises(InvalidSecret, match="the https URL of your host"):
        Verifier(secret, scheme="kinde")
