"""HTTP message signatures: several signatures and keys, fetched keys, any headers, and misuse."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.key_pairs import der_of, p256, pem_of, rsa_key
from tests.providers.message_keys import ed25519_jwk, jwk_set, p256_jwk
from tests.providers.sample import NOW
from tests.providers.signed_messages import (
    BODY,
    HMAC,
    URL,
    USUAL,
    changed,
    other_signed,
    outcome,
    pair,
    signed_by_us,
)
from tests.rows import rows
from webhook_verify import (
    Delivery,
    InvalidSecret,
    KeyUnavailable,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    SignatureMismatch,
    Signer,
    TimestampOutsideTolerance,
    Verifier,
)
from webhook_verify.schemes.http_signature import HttpSignature, Profile

# --- several signatures and keys --------------------------------------------------------------------


def joined(*several: dict[str, str]) -> dict[str, str]:
    return {
        **several[0],
        **{name: ", ".join(each[name] for each in several) for name in ("signature-input", "signature")},
    }


def labelled(label: str, key: str = HMAC, **options: Any) -> dict[str, str]:
    return other_signed("hmac-sha256", key.encode(), USUAL, label=label, **options)


OTHER_HMAC = "another secret of 32 characters."


@rows("offset", [-7, 0, 7])
def test_one_of_several_signatures_is_enough(offset: int) -> None:
    """A proxy adds one with its own time, nonce and key. The delivery has the values of the valid one."""
    created = datetime.fromtimestamp(NOW + offset, UTC)
    several = joined(
        labelled("proxy", OTHER_HMAC, created=created, nonce="n-2"), labelled("sig", nonce="n-1")
    )

    first, second = outcome(HMAC, several), outcome(OTHER_HMAC, several)

    assert isinstance(first, Delivery)
    assert isinstance(second, Delivery)
    assert (first.id, first.timestamp.timestamp()) == ("n-1", NOW)
    assert (second.id, second.timestamp.timestamp()) == ("n-2", NOW + offset)
    assert first == outcome(HMAC, labelled("sig", nonce="n-1"))
    assert isinstance(outcome("a third secret of 32 characters.", several), SignatureMismatch)


def test_a_stale_signature_beside_a_fresh_one() -> None:
    stale = datetime.fromtimestamp(NOW - 301, UTC)
    several = joined(labelled("old", created=stale), labelled("new", OTHER_HMAC))

    assert isinstance(outcome(HMAC, several), TimestampOutsideTolerance)
    assert isinstance(outcome(OTHER_HMAC, several), Delivery)


def test_an_expired_signature_beside_a_fresh_one() -> None:
    past = datetime.fromtimestamp(NOW - 100, UTC)
    several = joined(labelled("old", expires=past), labelled("new", OTHER_HMAC))

    assert isinstance(outcome(HMAC, several), SignatureMismatch)
    assert isinstance(outcome(OTHER_HMAC, several), Delivery)


def test_the_tag_and_the_label_of_a_profile() -> None:
    several = joined(labelled("a", tag="app"), labelled("b", OTHER_HMAC, tag="other"))
    for profile in (Profile(tag="app"), Profile(label="a")):
        scheme = HttpSignature("app", profile)
        assert isinstance(outcome(HMAC, several, scheme=scheme), Delivery)
        assert isinstance(outcome(OTHER_HMAC, several, scheme=scheme), SignatureMismatch)
    assert isinstance(
        outcome(HMAC, labelled("a"), scheme=HttpSignature("x", Profile(tag="app"))), MalformedDelivery
    )


def test_at_most_four_signatures_are_tried() -> None:
    fresh = [datetime.fromtimestamp(NOW + 1, UTC)] * 4
    others = [labelled(f"s{n}", OTHER_HMAC, created=when) for n, when in enumerate(fresh)]

    assert isinstance(outcome(HMAC, joined(*others[:3], labelled("sig"))), Delivery)
    assert isinstance(outcome(HMAC, joined(*others, labelled("sig"))), SignatureMismatch)


def test_several_secrets() -> None:
    """A rotation: the signer signs with both, and each receiver accepts one of them."""
    signer = Signer([HMAC, OTHER_HMAC], scheme="http-signature")
    headers = signer.sign(BODY, id="msg_1", timestamp=NOW, url=URL, method="POST")

    for secrets in (HMAC, OTHER_HMAC, [HMAC, OTHER_HMAC]):
        assert isinstance(outcome(secrets, headers), Delivery)


def test_a_key_set() -> None:
    """The key id chooses the key. Without one, the only key of a set is used."""
    first, second = ed25519_jwk(6, "a"), p256_jwk(6, "b")
    unknown = ed25519_jwk(6, "c")
    both = jwk_set(first[0], second[0])
    for private in (first[1], second[1]):
        headers = Signer(private, scheme="http-signature").sign(BODY, timestamp=NOW, url=URL, method="POST")
        assert isinstance(outcome(both, headers), Delivery)
        alone = outcome(first[0], headers)
        assert isinstance(alone, Delivery if private is first[1] else SignatureMismatch)
    headers = Signer(unknown[1], scheme="http-signature").sign(BODY, timestamp=NOW, url=URL, method="POST")
    assert isinstance(outcome(both, headers), SignatureMismatch)


UNUSABLE: dict[str, Any] = {
    "a private PEM": lambda: pair("ed25519")[1],
    "an unreadable PEM": lambda: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    "a short RSA key": lambda: pem_of(rsa_key(7, 1024))[0],
    "not JSON": lambda: "{",
    "an empty set": lambda: '{"keys": []}',
    "no set": lambda: '{"keys": 1}',
    "a set of others": lambda: '{"keys": [1, {"kty": "oct", "k": "YQ"}, {"kty": "EC", "crv": "P-384"}]}',
    "an encryption key": lambda: jwk_set(ed25519_jwk(6, "a", use="enc")[0]),
    "a key of another algorithm": lambda: jwk_set(ed25519_jwk(6, "a", alg="ES256")[0]),
    "a point outside of the curve": lambda: jwk_set(
        json.dumps({"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"})
    ),
    "an empty secret": lambda: " ",
    **{
        f"{kind} in base64": lambda key=key: der_of(key)[0]
        for kind, key in {"P-256": p256(6), "RSA": rsa_key(6)}.items()
    },
    "a public key after a comment": lambda: "key:\n" + pem_of(rsa_key(7, 1024))[0],
}


@rows("name", UNUSABLE)
def test_unusable_secrets(name: str) -> None:
    with pytest.raises(InvalidSecret):
        Verifier(UNUSABLE[name](), scheme="http-signature")


def test_a_url_is_a_secret_only_if_the_profile_fetches_keys() -> None:
    with pytest.raises(InvalidSecret, match="JSON Web Key Set"):
        Verifier("https://example.com/jwks", scheme="http-signature")


def test_signing_keys_that_lack_a_key_id() -> None:
    scheme = HttpSignature("x", Profile(parameters=("created", "keyid")))
    with pytest.raises(InvalidSecret, match="key id"):
        Signer(pair("ed25519")[1], scheme=scheme)
    with pytest.raises(InvalidSecret, match="private key"):
        Signer(ed25519_jwk(6, "a")[0], scheme=scheme)


# --- fetched keys -----------------------------------------------------------------------------------


def test_fetched_keys() -> None:
    """A set is fetched once, and again for an unknown key id after a minute."""
    documents = [jwk_set(ed25519_jwk(6, "a")[0])]
    calls: list[str] = []

    def fetch(url: str, content: bytes | None) -> bytes:
        calls.append(url)
        return documents[-1].encode()

    scheme = HttpSignature("fetched", Profile(fetches_keys=True), fetch=fetch)
    verifier = Verifier("https://example.com/jwks", scheme=scheme, clock=lambda: NOW)
    old, new = (Signer(ed25519_jwk(6, key_id)[1], scheme=scheme) for key_id in "ab")
    request = {"url": URL, "method": "POST"}
    for _ in range(2):
        assert verifier.verify(BODY, old.sign(BODY, timestamp=NOW, **request), **request)
    assert calls == ["https://example.com/jwks"]
    with pytest.raises(SignatureMismatch):
        verifier.verify(BODY, new.sign(BODY, timestamp=NOW, **request), **request)


def test_unavailable_keys() -> None:
    def fetch(url: str, content: bytes | None) -> bytes:
        raise OSError

    scheme = HttpSignature("fetched", Profile(fetches_keys=True), fetch=fetch)
    headers = Signer(ed25519_jwk(6, "a")[1], scheme=scheme).sign(BODY, timestamp=NOW, url=URL, method="POST")
    result = outcome("https://example.com/jwks", headers, scheme=scheme)
    assert isinstance(result, KeyUnavailable)


# --- totality ---------------------------------------------------------------------------------------

HEADER = st.text(st.characters(max_codepoint=255), max_size=200) | st.binary(max_size=100)
MUTATED = st.sampled_from(["signature-input", "signature", "content-digest"])


@settings(max_examples=300, deadline=None)
@given(signature_input=HEADER, signature=HEADER, digest=HEADER, body=st.binary(max_size=20))
def test_any_headers(signature_input: Any, signature: Any, digest: Any, body: bytes) -> None:
    headers = {"signature-input": signature_input, "signature": signature, "content-digest": digest}
    assert isinstance(outcome(HMAC, headers, body), RejectedDelivery)


@settings(max_examples=300, deadline=None)
@given(
    name=MUTATED,
    place=st.integers(0, 500),
    new=st.text(st.characters(max_codepoint=255), max_size=3),
    length=st.integers(0, 3),
)
def test_any_change_of_a_header(name: str, place: int, new: str, length: int) -> None:
    """It is rejected, or the same content was signed."""
    headers = signed_by_us()
    value = headers[name]
    place %= len(value)
    result = outcome(HMAC, {**headers, name: value[:place] + new + value[place + length :]})
    if isinstance(result, Delivery):
        assert result == outcome(HMAC, headers)


# --- misuse -----------------------------------------------------------------------------------------


@rows(
    "options, error",
    [
        ({"components": ["@method"]}, TypeError),
        ({"components": "@method"}, TypeError),
        ({"components": ("Content-Type",)}, ValueError),
        ({"parameters": ("other",)}, ValueError),
        ({"algorithms": ("none",)}, ValueError),
        ({"algorithms": ()}, ValueError),
        ({"max_lifetime": -1.0}, ValueError),
        ({"max_lifetime": 300.0}, ValueError),
        ({"clock_skew": float("nan")}, ValueError),
        ({"secret_encoding": "rot13"}, ValueError),
        ({"signature_encoding": "hex"}, ValueError),
        ({"id_in_body": "a..b"}, ValueError),
    ],
    ids=str,
)
def test_invalid_profiles(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        Profile(**options)


def test_invalid_schemes() -> None:
    profile: Any = "ucp"
    with pytest.raises(TypeError, match="profile must be a Profile"):
        HttpSignature("x", profile)
    with pytest.raises(ValueError, match="name"):
        HttpSignature("")


def test_url_and_method_are_required() -> None:
    verifier = Verifier(HMAC, scheme="http-signature")
    with pytest.raises(TypeError, match="public_url"):
        verifier.verify(BODY, signed_by_us())
    with pytest.raises(TypeError, match="public_url"):
        Signer(HMAC, scheme="http-signature").sign(BODY)


def test_reasons() -> None:
    """Each has a reason that is in the documentation."""
    uncovered = outcome(HMAC, changed("signature-input", '"@method" ', ""))
    assert isinstance(uncovered, RejectedDelivery)
    assert uncovered.reason is Reason.UNREADABLE_HEADER
