"""The keys of `JwsScheme`: key ids, sets of keys, and the URLs that are fetched."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.providers.jws_keys import jwk, jwks, p521
from tests.providers.key_pairs import p256, pem_of, private_pem, rsa_key
from tests.rows import rows
from tests.schemes.jws_texts import BODY, GOOD, KEY_SET, detached, is_taken, signed_text
from webhook_verify import InvalidSecret, RejectedDelivery, Verifier
from webhook_verify.schemes.jws_compact import encode_base64url
from webhook_verify.schemes.jws_scheme import JwsScheme

TWO = jwks((p256(0), "k1"), (p256(1), "k2"))
MIXED = jwks((rsa_key(0), "k1"), (p521(0), "k1"), (p256(0), "k1"))
KEY_IDS: dict[str, tuple[str, dict[str, str], int, bool]] = {
    # keys, members, number of the signing key, whether the signature is taken; then without needs_key_id
    "its own of two": (TWO, {"kid": "k2"}, 1, True),
    "the other of two": (TWO, {"kid": "k1"}, 1, False),
    "none of two": (TWO, {}, 1, False),
    "an unknown one": (TWO, {"kid": "k3"}, 1, False),
    "none of one": (KEY_SET, {}, 0, True),
    "an unknown one of one": (KEY_SET, {"kid": "k3"}, 0, False),
    "any with a key that has none": (jwks((p256(0), "")), {"kid": "k3"}, 0, True),
    "any with a PEM": (pem_of(p256(0))[0], {"kid": "k3"}, 0, True),
    "none with a PEM": (pem_of(p256(0))[0], {}, 0, True),
    "a single key": (json.dumps(jwk(p256(0), "k1")), {"kid": "k1"}, 0, True),
    "another kind beside it": (
        jwks((rsa_key(0), "k1"), (p521(0), "k1"), (p256(0), "k1")),
        {"kid": "k1"},
        0,
        True,
    ),
    "two keys with one id": (jwks((p256(1), "k1"), (p256(0), "k1")), {"kid": "k1"}, 0, True),
}


@rows("name", KEY_IDS)
def test_the_key_id_chooses_the_key(name: str) -> None:
    keys, members, number, expected = KEY_IDS[name]
    text = signed_text({"alg": "ES256", **members}, key=p256(number))

    assert is_taken(detached(), keys, text) is expected
    by_any = expected or "kid" not in members
    assert is_taken(detached(needs_key_id=False), keys, text) is by_any


def test_eight_keys_are_tried_for_a_signature_without_a_key_id() -> None:
    scheme, text = detached(needs_key_id=False), signed_text({"alg": "ES256"}, key=p256(9))
    keys = [(p256(10 + number), f"k{number}") for number in range(8)]
    assert is_taken(scheme, jwks(*keys[:7], (p256(9), "k9")), text)
    assert not is_taken(scheme, jwks(*keys, (p256(9), "k9")), text)


@rows(
    "secret",
    [
        "a text",
        "{",
        "[]",
        "{}",
        '{"keys": 1}',
        '{"keys": [1, null, {}]}',
        json.dumps({"keys": [jwk(rsa_key(0))]}),
        json.dumps({"keys": [{**jwk(p256(0)), "use": "enc"}]}),
        json.dumps({"keys": [{**jwk(p256(0)), "alg": "ES384"}]}),
        json.dumps({"keys": [{**jwk(p256(0)), "x": "AAAA"}]}),
        json.dumps({"keys": [jwk(p256(0))] * 65}),
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        private_pem(p256(0)),
        "http://keys.example/jwks",
        "https://user@keys.example/jwks",
        "https://keys.example/a b",
        "https://keys.example/" + "x" * 2_000,
        "enabled",
    ],
    ids=range(18),
)
def test_a_secret_without_a_key(secret: str) -> None:
    with pytest.raises(InvalidSecret) as caught:
        Verifier(secret, scheme=detached())
    assert secret not in str(caught.value)


def test_an_ed25519_key_of_small_order_is_refused() -> None:
    """An attacker can make signatures for it."""
    public = {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(bytes([1]) + bytes(31)).decode()}
    with pytest.raises(InvalidSecret):
        Verifier(json.dumps(public), scheme=detached("EdDSA"))


def test_a_short_rsa_key_is_refused() -> None:
    short = rsa.generate_private_key(65537, 1024)
    for secret in (pem_of(short)[0], jwks((short, "k1"))):
        with pytest.raises(InvalidSecret):
            Verifier(secret, scheme=detached("RS256"))


# --- keys that are fetched --------------------------------------------------------------------------

URL = "https://keys.example/jwks"


def _fetching(*documents: str, **options: Any) -> tuple[JwsScheme, list[str]]:
    asked: list[str] = []

    def fetch(url: str, content: bytes | None) -> bytes:
        asked.append(url)
        return documents[min(len(asked), len(documents)) - 1].encode()

    return detached(**options).with_fetch(fetch), asked


def test_a_set_is_fetched_once_and_an_unknown_key_id_does_not_flood() -> None:
    scheme, asked = _fetching(KEY_SET)
    for text, expected in ((signed_text(GOOD), True), (signed_text({**GOOD, "kid": "k9"}), False)) * 3:
        assert is_taken(scheme, URL, text) is expected
    assert asked == [URL]


def test_a_rotated_key_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    scheme, asked = _fetching(KEY_SET, TWO)
    now = [0.0]
    monkeypatch.setattr(scheme._cache, "_clock", lambda: now[0])
    new = signed_text({**GOOD, "kid": "k2"}, key=p256(1))

    assert is_taken(scheme, URL, signed_text(GOOD))
    assert not is_taken(scheme, URL, new)
    now[0] = 61.0
    assert is_taken(scheme, URL, new)
    assert asked == [URL, URL]


@rows(
    "jku",
    ["https://keys.example/jwks/", "https://evil.example/jwks", "http://keys.example/jwks", 1, None, [URL]],
)
def test_only_the_configured_url_is_fetched(jku: Any) -> None:
    scheme, asked = _fetching(KEY_SET)
    assert not is_taken(scheme, URL, signed_text({**GOOD, "jku": jku}))
    assert asked == []
    assert is_taken(scheme, URL, signed_text({**GOOD, "jku": URL}))
    assert asked == [URL]


def test_the_list_of_urls_binds_the_secret_and_the_signature() -> None:
    other = "https://sandbox.example/jwks"
    scheme, asked = _fetching(KEY_SET, jwks_urls=(URL, other))
    assert not is_taken(scheme, URL, signed_text({**GOOD, "jku": other}))  # allowed, but not configured
    assert asked == []
    assert is_taken(scheme, other, signed_text({**GOOD, "jku": other}))
    assert not is_taken(scheme, KEY_SET, signed_text({**GOOD, "jku": "https://evil.example/jwks"}))
    for secret in ("https://evil.example/jwks", "enabled"):
        with pytest.raises(InvalidSecret, match=f"{URL} or {other}"):
            Verifier(secret, scheme=scheme)


@rows("document", ["", "[]", "{}", '{"keys": []}', jwks((rsa_key(0), "k1")), "[" * 100_000])
def test_a_document_without_a_key_leaves_the_verdict_open(document: str) -> None:
    scheme, _ = _fetching(document)
    with pytest.raises(RejectedDelivery) as caught:
        Verifier(URL, scheme=scheme).verify(BODY, {"x-jws": signed_text(GOOD)})
    assert (caught.value.reason, caught.value.status_hint) == ("key_unavailable", 503)
