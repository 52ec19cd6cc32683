"""AdCP: the conformance vectors of its SDK, and the rules of its profile."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.providers.interop import interop
from tests.providers.message_keys import ed25519_jwk, jwk_set
from tests.providers.sample import NOW
from tests.providers.signed_messages import BODY, URL, outcome
from tests.rows import rows
from webhook_verify import Delivery, InvalidSecret, RejectedDelivery, SignatureMismatch, Signer, Verifier
from webhook_verify.schemes.http_signature import HttpSignature
from webhook_verify.schemes.message_components import target_of
from webhook_verify.schemes.providers.adcp import PROFILE

DOCUMENT: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "adcp-webhook-vectors.json").read_text("utf-8")
)
VECTORS: dict[str, dict[str, Any]] = {vector["name"]: vector for vector in DOCUMENT["vectors"]}
STATEFUL = {
    "negative/016-replayed-nonce",  # a ReplayGuard rejects it
    "negative/017-key-revoked",  # the key must be removed from the configured set
    "negative/018-rate-abuse",
    "negative/019-revocation-stale",
}
"""The vectors that are rejected only because of the state of the receiver."""


def verdict(vector: dict[str, Any]) -> Any:
    keys = [key for key in DOCUMENT["keys"] if key["kid"] in vector["keys"]]
    keys += [key for key in vector["keys"] if isinstance(key, dict)]
    try:
        return outcome(
            json.dumps({"keys": keys}),
            vector["headers"],
            vector["body"].encode(),
            scheme="adcp",
            url=vector["url"],
            method=vector["method"],
            now=vector["now"],
        )
    except InvalidSecret as error:  # none of the keys may sign webhooks
        return error


def test_there_are_29_vectors() -> None:
    assert len(VECTORS) == 29


@interop("adcp", by="the conformance vectors of adcp (PyPI)")
@rows("name", VECTORS)
def test_a_vector(name: str) -> None:
    vector = VECTORS[name]
    accepted = not vector["error_code"] or name in STATEFUL

    assert isinstance(verdict(vector), Delivery if accepted else RejectedDelivery | InvalidSecret)


@interop("adcp", by="the conformance vectors of adcp (PyPI)")
@rows("name", [name for name in VECTORS if name.startswith("positive/")])
def test_the_signed_content_of_a_vector(name: str) -> None:
    vector = VECTORS[name]
    delivery = verdict(vector)

    content = vector["signature_base"].encode() + vector["body"].encode()
    assert delivery.signed_content_digest == sha256(content).digest()


def test_the_deduplication_key() -> None:
    """`idempotency_key` of the body, which is the same in each attempt; else the nonce."""
    assert verdict(VECTORS["positive/001-basic-post"]).idempotency_key == "whk_01HW9D3H8FZP2N6R8T0V4X6Z9B"
    without = verdict(VECTORS["positive/007-body-without-idempotency-key"])
    assert without.idempotency_key == "KXYnfEfJ0PBRZXQyVXfVQA"


def test_a_replayed_delivery_is_a_duplicate() -> None:
    first, second = (verdict(VECTORS["negative/016-replayed-nonce"]) for _ in range(2))
    assert first.id_is_signed
    assert first.idempotency_key == second.idempotency_key


@rows(
    "url, path",
    [
        ("https://example.com", "/"),
        ("https://example.com?a=1", "/"),
        ("https://example.com/a/./b/../c", "/a/c"),
        ("https://example.com/a/b/..", "/a/"),
        ("https://example.com/../../a", "/a"),
        ("https://example.com/%7euser/%2f%c3%a7", "/~user/%2F%C3%A7"),
        ("https://example.com/a%2zb", "/a%2zb"),
    ],
)
def test_the_path_is_normalized(url: str, path: str) -> None:
    assert target_of(url, is_normalized=True).path == path


PAIR = ed25519_jwk(6, "agent", adcp_use="request-signing")


def test_signatures_are_in_base64url() -> None:
    """And base64 is accepted, too, but not a mixture."""
    signer = Signer(PAIR[1], scheme="adcp")
    for number in range(100):
        headers = signer.sign(BODY, id=f"m{number}", timestamp=NOW, url=URL, method="POST")
        text = headers["signature"].removeprefix("sig1=:").removesuffix(":")
        assert len(text) == 86
        if {"-", "_"} <= set(text):
            break
    secret = jwk_set(PAIR[0])
    standard = text.replace("-", "+").replace("_", "/") + "=="
    for signature, kind in {
        text: Delivery,
        standard: Delivery,
        text + "==": SignatureMismatch,
        standard.replace("+", "-", 1): SignatureMismatch,
        standard.removesuffix("=="): SignatureMismatch,
    }.items():
        result = outcome(secret, {**headers, "signature": f"sig1=:{signature}:"}, scheme="adcp")
        assert isinstance(result, kind | RejectedDelivery if kind is SignatureMismatch else kind), signature


def test_keys_are_fetched() -> None:
    document = jwk_set(PAIR[0], ed25519_jwk(7, "other", adcp_use="response-signing")[0])
    scheme = HttpSignature("fetched", PROFILE, fetch=lambda url, content: document.encode())
    for pair, kind in ((PAIR, Delivery), (ed25519_jwk(7, "other"), SignatureMismatch)):
        headers = Signer(pair[1], scheme=scheme).sign(BODY, timestamp=NOW, url=URL, method="POST")
        assert isinstance(outcome("https://agent.example/jwks.json", headers, scheme=scheme), kind)


@rows("secret", ["a shared secret of 32 characters", "http://agent.example/jwks.json"])
def test_other_secrets(secret: str) -> None:
    with pytest.raises(InvalidSecret, match="its https URL"):
        Verifier(secret, scheme="adcp")
