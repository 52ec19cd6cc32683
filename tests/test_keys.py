"""Keys: signatures in one call or in chunks, and the signatures that they check."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rows import rows
from webhook_verify import Secret
from webhook_verify.keys import Ed25519SigningKey, Ed25519VerifyingKey, HmacKey, TokenKey
from webhook_verify.secret import from_base64, signing_key, verifying_key

BODY = b'{"type": "invoice.paid"}'
KEY = bytes(range(32))
TEXT = b64encode(KEY).decode()
SECRET = f"whsec_{TEXT}"
SEED = bytes(range(64, 96))
PUBLIC = "whpk_JUO5L/EJVRFHatyDadtt3JM2ZaEZeN2hQE7hBmypVZ0="
PRIVATE = "whsk_" + b64encode(SEED).decode()


@given(
    st.integers(16, 200).flatmap(lambda size: st.binary(min_size=size, max_size=size)),
    st.binary(max_size=300),
)
def test_hmac_key_is_the_hmac_of_the_standard_library(key: bytes, content: bytes) -> None:
    expected = b64encode(hmac.digest(key, content, "sha256")).decode()

    assert HmacKey(key).sign(content) == expected
    assert HmacKey(key).verify([("v1", expected)], content[:7], content[7:20], content[20:])


@rows("size", range(16, 201))
def test_hmac_key_of_every_length(size: int) -> None:
    key = hashlib.shake_128(bytes([size])).digest(size)

    assert b64decode(HmacKey(key).sign(BODY)) == hmac.digest(key, BODY, "sha256")


@pytest.mark.parametrize(
    ("key", "content", "expected"),
    [
        pytest.param(
            b"\x0b" * 20,
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            id="case 1",
        ),
        pytest.param(
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            id="case 2: a key shorter than the digest",
        ),
        pytest.param(
            b"\xaa" * 20,
            b"\xdd" * 50,
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            id="case 3",
        ),
        pytest.param(
            bytes(range(1, 26)),
            b"\xcd" * 50,
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            id="case 4",
        ),
        pytest.param(
            b"\xaa" * 131,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            id="case 6: a key longer than the block",
        ),
        pytest.param(
            b"\xaa" * 131,
            b"This is a test using a larger than block-size key and a larger than block-size data. "
            b"The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            id="case 7: both longer than the block",
        ),
    ],
)
def test_hmac_key_against_rfc_4231(key: bytes, content: bytes, expected: str) -> None:
    """Section 4, SHA-256. Case 5 is about truncation, which this library never does."""
    assert b64decode(HmacKey(key).sign(content)).hex() == expected


@pytest.mark.parametrize(
    "make", [lambda: HmacKey(KEY), lambda: Ed25519SigningKey(SEED)], ids=["HMAC", "Ed25519"]
)
@given(content=st.binary(max_size=200), cuts=st.lists(st.integers(0, 200), min_size=2, max_size=2))
def test_pieces_make_the_whole(make: Callable[[], Any], content: bytes, cuts: list[int]) -> None:
    """verify, and start with update, see one content, wherever it is cut."""
    signer = make()
    verifier = signer if isinstance(signer, HmacKey) else Ed25519VerifyingKey(b64decode(PUBLIC[5:]))
    first, second = sorted(cuts)
    pieces = content[:first], content[first:second], content[second:]
    signatures = [(signer.version, signer.sign(content))]

    assert verifier.verify(signatures, *pieces)
    assert not verifier.verify(signatures, *pieces[:2], pieces[2] + b"x")

    running = verifier.start(signatures)
    for piece in pieces:
        running.update(piece)
    assert running.matches()


@pytest.mark.parametrize(
    ("key", "other"), [(HmacKey(KEY), "v1a"), (Ed25519VerifyingKey(b64decode(PUBLIC[5:])), "v1")]
)
def test_a_key_does_not_want_signatures_of_another_version(key: Any, other: str) -> None:
    assert not key.accepts([(other, "A" * 44), ("v2", "A" * 44)])
    assert key.accepts([(other, "A" * 44), ("v1" if other == "v1a" else "v1a", "A" * 44)])
    assert not key.verify([(other, "A" * 44)], b"", b"", b"")


@given(st.text(st.sampled_from("ABCD+/=-_ \n\xe9"), min_size=88, max_size=88))
def test_an_ed25519_key_takes_any_text_of_the_right_length_without_a_word(text: str) -> None:
    """Base64 that is none, or of other bytes, is a wrong signature and no error."""
    if text.isascii():  # what a scheme passes on
        assert not Ed25519VerifyingKey(b64decode(PUBLIC[5:])).verify([("v1a", text)], b"", BODY, b"")


@pytest.mark.parametrize(
    "digest", [hashlib.sha1, hashlib.sha256, hashlib.sha512], ids=lambda made: made().name
)
def test_another_key_of_the_same_digest(digest: Any) -> None:
    other = HmacKey(SEED, digest).with_key(KEY)
    assert b64decode(other.sign(BODY)) == hmac.digest(KEY, BODY, digest)


@pytest.mark.parametrize("pieces", [[], [b""], [BODY], [b"", BODY], [BODY[:5], BODY[5:], b""]], ids=len)
@pytest.mark.parametrize(
    ("verifying", "signing"), [(SECRET, SECRET), (PUBLIC, PRIVATE)], ids=["HMAC", "Ed25519"]
)
def test_a_running_check_is_right_for_the_pieces_so_far(
    pieces: list[bytes], verifying: str, signing: str
) -> None:
    signer = signing_key(Secret(signing))
    signatures = [(signer.version, signer.sign(b"".join(pieces)))]
    running = verifying_key(Secret(verifying)).start(signatures)
    for piece in pieces:
        running.update(piece)
    assert running.matches()
    running.update(b"more")
    assert not running.matches()


@pytest.mark.parametrize("secret", [SECRET, PUBLIC], ids=["HMAC", "Ed25519"])
@pytest.mark.parametrize("signatures", [[], [("v2", "a")], [("v1", "a" * 44), ("v1a", "a" * 88)]], ids=str)
def test_a_key_answers_with_a_bool(secret: str, signatures: list[tuple[str, str]]) -> None:
    assert verifying_key(Secret(secret)).verify(signatures, b"", BODY, b"") is False


@rows(
    ("text", "octets"),
    [("QUJD", b"ABC"), ("QUI=", b"AB"), ("QUI", b"AB"), ("QQ==", b"A"), ("QQ", b"A"), ("QUIX", b"AB\x17")]
    + [(text, None) for text in ("", "=", "====", "QQ=", "QQ===", "QUJD=", "QUJD====", "Q", "Q===")]
    + [
        (text, None)
        for text in ("==QQ", "=QUI", "QUI ", "QUI\n", "QQ  ", " QUI", "QU=I", "QU I", "QUJ\u00e4")
    ],
    ids=repr,
)
def test_base64_is_strict_but_for_its_padding(text: str, octets: bytes | None) -> None:
    assert from_base64(text) == octets


def test_a_token_is_shown_whatever_the_content() -> None:
    key = TokenKey("right")
    assert (key.version, key.sign(BODY)) == ("v1", "right")
    for shown, is_right in (("right", True), ("wrong", False), ("", False), ("right ", False)):
        signatures = [("v1", "other"), ("v1", shown)]
        assert key.accepts(signatures)
        assert key.verify(signatures, b"", BODY, b"") is is_right
        running = key.start(signatures)
        running.update(BODY)
        assert running.matches() is is_right
    assert not key.accepts([])
    assert key.verify([], b"", BODY, b"") is False


@pytest.mark.parametrize(("secret", "version"), [(SECRET, "v1"), (PRIVATE, "v1a")], ids=["HMAC", "Ed25519"])
def test_a_key_signs_its_one_version(secret: str, version: str) -> None:
    assert signing_key(Secret(secret)).version == version
