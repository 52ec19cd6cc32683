"""UCP: order webhooks that an independent library signs as the specification of UCP requires."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.providers.interop import interop
from tests.providers.key_pairs import p256, private_pem
from tests.providers.message_keys import ed25519_jwk, jwk_set, p256_jwk
from tests.providers.sample import NOW
from tests.providers.signed_messages import BODY, URL, other_signed, outcome
from tests.rows import rows
from webhook_verify import Delivery, MalformedDelivery, SignatureMismatch, Signer, TimestampOutsideTolerance
from webhook_verify.schemes.http_signature import HttpSignature
from webhook_verify.schemes.providers.ucp import PROFILE

SECRET = jwk_set(p256_jwk(8, "key-1", use="sig", alg="ES256")[0], member="signing_keys")
AGENT = {"ucp-agent": 'profile="https://merchant.example/.well-known/ucp"'}
KEY = {"idempotency-key": "550e8400-e29b-41d4-a716-446655440000"}
EVENT = {"webhook-id": "8f14e45f-ceea-467f-a8e4-1d9a7a0e2b5c"}
REQUIRED = ("@method", "@authority", "@path", "@query", "content-digest", "content-type")


def signed(components: tuple[str, ...], **options: Any) -> dict[str, str]:
    return other_signed("ecdsa-p256-sha256", private_pem(p256(8)).encode(), components, **options)


GENUINE: dict[str, tuple[tuple[str, ...], dict[str, str], str]] = {
    "without an id": (REQUIRED, {}, ""),
    "an idempotency key": ((*REQUIRED, "ucp-agent", "idempotency-key"), AGENT | KEY, "idempotency-key"),
    "a webhook id": (
        (*REQUIRED, "ucp-agent", "idempotency-key", "webhook-id"),
        AGENT | KEY | EVENT,
        "webhook-id",
    ),
    "a webhook id that is not covered": (REQUIRED, EVENT, ""),
}


@interop("ucp", by="http-message-signatures (PyPI)")
@rows("name", GENUINE)
def test_genuine(name: str) -> None:
    components, headers, source = GENUINE[name]

    delivery = outcome(SECRET, signed(components, headers=headers, include_alg=False), scheme="ucp")

    assert isinstance(delivery, Delivery)
    assert delivery.id == headers.get(source, "")
    assert delivery.id_is_signed == bool(source)
    assert not delivery.timestamp_is_signed


def test_what_we_sign() -> None:
    headers = Signer(p256_jwk(8, "key-1")[1], scheme="ucp").sign(
        BODY, id="event-1", timestamp=NOW, url=URL, method="POST"
    )

    delivery = outcome(SECRET, headers, scheme="ucp")

    assert isinstance(delivery, Delivery)
    assert (delivery.id, delivery.id_is_signed) == ("event-1", True)
    assert "created" not in headers["signature-input"]  # UCP does not require it


@rows("name", ["webhook-id", "idempotency-key"])
def test_an_id_that_is_covered_and_missing(name: str) -> None:
    headers = signed((*REQUIRED, "idempotency-key", "webhook-id"), headers=KEY | EVENT)

    result = outcome(SECRET, {each: value for each, value in headers.items() if each != name}, scheme="ucp")

    assert isinstance(result, MalformedDelivery)
    assert name in result.detail


@rows("name", ["@method", "@authority", "@path", "@query", "content-type", "ucp-agent", "idempotency-key"])
def test_each_part_must_be_covered(name: str) -> None:
    components = (*REQUIRED, "ucp-agent", "idempotency-key")
    headers = signed(tuple(each for each in components if each != name), headers=AGENT | KEY)

    result = outcome(SECRET, headers, scheme="ucp")

    assert isinstance(result, MalformedDelivery)
    assert f"does not cover {name}" in result.detail


def test_a_web_bot_auth_signature() -> None:
    """It covers a member of `Signature-Agent`."""
    agent = {"signature-agent": 'sig1="https://merchant.example/.well-known/ucp";type=jwks_uri'}
    covered = (*REQUIRED, '"signature-agent";key="sig1"')
    headers = signed(covered, headers=agent, label="sig1", tag="web-bot-auth")

    assert isinstance(outcome(SECRET, headers, scheme="ucp"), Delivery)
    other = {**headers, "signature-agent": 'sig1="https://other.example/.well-known/ucp";type=jwks_uri'}
    assert isinstance(outcome(SECRET, other, scheme="ucp"), SignatureMismatch)
    assert isinstance(outcome(SECRET, signed(REQUIRED, headers=agent), scheme="ucp"), MalformedDelivery)


def test_expires_is_checked() -> None:
    headers = signed(REQUIRED, expires=datetime.fromtimestamp(NOW + 10, UTC))
    assert isinstance(outcome(SECRET, headers, scheme="ucp", now=NOW + 70), Delivery)
    assert isinstance(outcome(SECRET, headers, scheme="ucp", now=NOW + 71), TimestampOutsideTolerance)


def test_der_is_rejected() -> None:
    """ECDSA signatures are the concatenation of r and s."""
    headers = signed(REQUIRED)
    label, _, text = headers["signature"].partition("=")
    octets = b64decode(text.strip(":"))
    der = encode_dss_signature(int.from_bytes(octets[:32]), int.from_bytes(octets[32:]))
    result = outcome(SECRET, {**headers, "signature": f"{label}=:{b64encode(der).decode()}:"}, scheme="ucp")
    assert isinstance(result, SignatureMismatch)


def test_the_profile_is_fetched() -> None:
    """Keys of unknown kinds in it are ignored."""
    unknown = '{"kty": "EC", "crv": "P-384", "kid": "key-0"}'
    document = jwk_set(unknown, p256_jwk(8, "key-1")[0], member="signing_keys")
    scheme = HttpSignature("fetched", PROFILE, fetch=lambda url, content: document.encode())
    headers = signed(REQUIRED)

    result = outcome("https://merchant.example/.well-known/ucp", headers, scheme=scheme)

    assert isinstance(result, Delivery)


@pytest.mark.parametrize("key_id", ["key-2", "KEY-1"])
def test_an_unknown_key_id(key_id: str) -> None:
    headers = Signer(ed25519_jwk(6, key_id)[1], scheme="ucp").sign(
        BODY, timestamp=NOW, url=URL, method="POST"
    )
    assert isinstance(outcome(SECRET, headers, scheme="ucp"), SignatureMismatch)
