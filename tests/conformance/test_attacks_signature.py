"""Known attacks on the signature and the secret: one test for each, named after it.

Every docstring names the reference and the required behavior. An attack could be rejected for another reason,
so each test also checks that the underlying valid delivery is accepted, if there is one. Advisories of other
libraries are facts about them; the requirements are for this one.
"""

from __future__ import annotations

import hashlib
import hmac
import inspect
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conformance.spec_delivery import (
    BODY,
    GOOD,
    ID,
    KEY,
    MAC,
    MAC_BYTES,
    OTHER_KEY,
    PAIRS,
    PUBLIC,
    PUBLIC_BYTES,
    PUBLIC_PEM,
    SIGNATURE,
    SIGNATURE_V1A,
    TIMESTAMP,
    WRONG,
    WRONG_V1A,
    content,
    listed,
    trio,
    v1,
)
from tests.conformance.verdicts import accepted, rejected
from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import InvalidSecret, Reason, Secret, Verifier

# --- The signature ------------------------------------------------------------------------------


@rows("length", range(44))
def test_cve_2024_21491_truncated_comparison(length: int) -> None:
    """CVE-2024-21491, RUSTSEC-2024-0010: svix for Rust compared up to the shorter length.

    A part of the right signature, down to none of it, is no signature: neither of its text nor of
    its bytes.
    """
    assert rejected(listed(f"v1,{MAC[:length]}")) is Reason.SIGNATURE_MISMATCH
    assert rejected(listed("v1," + b64encode(MAC_BYTES[: length % 32]).decode())) is Reason.SIGNATURE_MISMATCH
    assert rejected(listed(SIGNATURE_V1A[: 4 + 2 * length]), secret=PUBLIC) is Reason.SIGNATURE_MISMATCH
    assert accepted(GOOD)


NEGATIVES: dict[str, tuple[dict[str, Any], bytes, str]] = {
    "unsigned, no header": (
        {name: value for name, value in PAIRS if name != "webhook-signature"},
        BODY,
        SECRET,
    ),
    "unsigned, empty header": (trio(signature=""), BODY, SECRET),
    "unsigned, version alone": (trio(signature="v1,"), BODY, SECRET),
    "wrong signature": (trio(signature=WRONG), BODY, SECRET),
    "wrong key": (GOOD, BODY, "whsec_" + b64encode(OTHER_KEY).decode()),
    "altered body": (GOOD, BODY + b" ", SECRET),
    "altered id": (trio(id=ID + "x"), BODY, SECRET),
    "altered timestamp": (trio(timestamp=str(TIMESTAMP + 1)), BODY, SECRET),
}


@pytest.mark.parametrize(("headers", "body", "secret"), NEGATIVES.values(), ids=NEGATIVES)
def test_cve_2025_53548_inverted_check(headers: dict[str, Any], body: bytes, secret: str) -> None:
    """CVE-2025-53548: Clerk 2.0.0 to 2.3.1 threw when the signature matched, and accepted the rest.

    Unsigned, signed with a wrong key, altered in body, id or timestamp: each is rejected, while the
    genuine delivery is accepted.
    """
    assert rejected(headers, body, secret) in (Reason.SIGNATURE_MISMATCH, Reason.MISSING_HEADER)
    assert accepted(GOOD)


def test_garbage_before_a_good_signature() -> None:
    """svix and standardwebhooks for Python raise ValueError at an entry that is no version and base64.

    What is no signature is skipped, wherever it stands, and the good one still verifies.
    """
    for garbage in (
        "x",
        "v1",
        "v1,",
        ",",
        ",,",
        "v1,!",
        "v1,a,b",
        "v9,x",
        "\xe9",
        "v1,\u0661",
        "=" * 44,
        "\0",
    ):
        assert accepted(listed(garbage, SIGNATURE))
        assert accepted(listed(SIGNATURE, garbage))
        assert rejected(listed(garbage)) is Reason.SIGNATURE_MISMATCH


def test_non_ascii_signature() -> None:
    """hermes-agent #65697 and others: compare_digest raises TypeError for a str that is not ASCII.

    Such a signature is rejected like any wrong one, whether it comes as str or as bytes.
    """
    for signature in (
        "v1," + "\xe9" * 44,
        "v1," + "\U0001f4a9" * 44,
        "v1," + "\u0661" * 44,
        "v1," + "\udcff" * 44,
    ):
        assert rejected(trio(signature=signature)) is Reason.SIGNATURE_MISMATCH
        octets = signature.encode("utf-8", "surrogatepass")
        assert rejected(trio(signature=octets)) is Reason.SIGNATURE_MISMATCH


def test_re_encoded_signature() -> None:
    """OpenClaw Telnyx before 2026.3.28: base64 turned to base64url was another key of the replay cache.

    Of all spellings of the right bytes only the canonical one is a signature, so a verified
    signature can serve as a key to dedupe by.
    """
    spellings = {
        "base64url": urlsafe_b64encode(MAC_BYTES).decode(),
        "no padding": MAC.rstrip("="),
        "other trailing bits": MAC.replace("E=", "F="),
        "newline behind": MAC + "\n",
        "what a lenient decoder skips": f"{MAC[:8]}\t{MAC[8:]}",
    }
    for name, text in spellings.items():
        plain = text.replace("-", "+").replace("_", "/") + "=="
        assert b64decode(plain) == MAC_BYTES, f"{name}: the row is not what it says"
        assert rejected(listed(f"v1,{text}")) is Reason.SIGNATURE_MISMATCH
    assert accepted(listed(f"v1,{MAC}"))


def test_malleable_ed25519_signature() -> None:
    """RFC 8032 section 8.4: S and S + L both solve the equation, so S must be below the order L."""
    order = 2**252 + 27742317777372353535851937790883648493
    signature = b64decode(SIGNATURE_V1A.removeprefix("v1a,"))
    scalar = int.from_bytes(signature[32:], "little") + order
    forged = signature[:32] + scalar.to_bytes(32, "little")
    assert accepted(listed(SIGNATURE_V1A), secret=PUBLIC)
    assert rejected(listed("v1a," + b64encode(forged).decode()), secret=PUBLIC) is Reason.SIGNATURE_MISMATCH


def test_length_extension() -> None:
    """HubSpot v1 and v2 sign with SHA256(secret + content), which can be extended without the secret.

    A digest that is no HMAC is no signature, whichever way the key is put in.
    """
    signed_content = content(ID, TIMESTAMP, BODY)
    for hashed in (KEY + signed_content, signed_content + KEY, KEY + signed_content + KEY, signed_content):
        digest = b64encode(hashlib.sha256(hashed).digest()).decode()
        assert rejected(listed(f"v1,{digest}")) is Reason.SIGNATURE_MISMATCH


def test_cve_2022_43412_timing(comparers: Callable[[Callable[[Any, Any], bool]], None]) -> None:
    """CVE-2022-43412, CVE-2022-43411 (Jenkins), CVE-2018-6596 (django-anymail): ``==`` tells by its time.

    hmac.compare_digest, on bytes of equal length, is the one comparison that decides: with it
    denying everything the right signature is refused, with it granting everything a wrong one passes.
    """
    seen: list[tuple[object, object]] = []

    def granting(one: object, other: object) -> bool:
        seen.append((one, other))
        return True

    assert accepted(GOOD)
    comparers(lambda one, other: False)
    assert rejected(GOOD) is Reason.SIGNATURE_MISMATCH
    comparers(granting)
    assert accepted(listed(WRONG))
    assert accepted(listed("v1,", "x", WRONG_V1A, WRONG))
    assert seen
    for pair in seen:
        assert {type(each) for each in pair} == {bytes}
        assert len({len(each) for each in pair if isinstance(each, bytes)}) == 1


# --- The secret ---------------------------------------------------------------------------------


@pytest.mark.parametrize("junk", ["!!!!", "whsec_!!!!", "whsec_", "whsec_====", "", " ", "whsec_%", "_-_-"])
def test_empty_key_forgery_through_a_lenient_decoder(junk: str) -> None:
    """GHSA-xff3-5c9p-2mr4 and others: junk decoded to the empty key, with which anybody can sign.

    Such a text is refused at construction, alone or among others; an empty key never verifies.
    """
    assert b64decode(junk.removeprefix("whsec_")) == b"", "a lenient decoder makes no empty key of this"
    for secret in (junk, [junk], [SECRET, junk]):
        with pytest.raises(InvalidSecret):
            Verifier(secret)
    assert rejected(listed(v1(key=b""))) is Reason.SIGNATURE_MISMATCH


def test_cve_2026_33143_fail_open_without_a_secret() -> None:
    """CVE-2026-33143, CVE-2026-26319: without a configured secret, everything was accepted.

    Without a secret there is no verifier, and with none that is valid now nothing verifies. There is
    no argument that switches the check off.
    """
    for nothing in ("", b"", [], (), [""], iter(())):
        with pytest.raises(InvalidSecret):
            Verifier(nothing)
    with pytest.raises(TypeError):
        Verifier(None)  # type: ignore[arg-type]
    past = datetime.fromtimestamp(TIMESTAMP, UTC)
    assert rejected(GOOD, secret=Secret(SECRET, expires_at=past)) is Reason.NO_SECRET
    assert set(inspect.signature(Verifier).parameters) == {"secret", "scheme", "tolerance", "clock"}
    assert set(inspect.signature(Verifier.verify).parameters) == {"self", "body", "headers", "url", "method"}


# The encodings of points of small order, without the sign bit, as libsodium refuses them.
SMALL_ORDER = {
    "order 4, all zero": "00" * 32,
    "order 1": "01" + "00" * 31,
    "order 8": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "order 8, the other": "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "order 2": "ec" + "ff" * 30 + "7f",
    "order 4, not reduced": "ed" + "ff" * 30 + "7f",
    "order 1, not reduced": "ee" + "ff" * 30 + "7f",
}


@pytest.mark.parametrize("sign", [0x00, 0x80], ids=["even", "odd"])
@pytest.mark.parametrize("encoded", SMALL_ORDER.values(), ids=SMALL_ORDER)
def test_small_order_public_key(encoded: str, sign: int) -> None:
    """RFC 8032 as OpenSSL has it: for a public key of small order anybody finds signatures.

    It is the empty key of Ed25519: for the point of order 1 one and the same signature is right for
    every message, for the others for one message in two to eight. A placeholder of zeros is such a
    key. It is refused at construction.
    """
    key = bytearray.fromhex(encoded)
    key[31] |= sign
    text = b64encode(key).decode()
    for secret in (f"whpk_{text}", PUBLIC_PEM.replace(PUBLIC.removeprefix("whpk_"), text)):
        with pytest.raises(InvalidSecret):
            Verifier(secret)


@rows("version", ["v1", "v1a", "v2", ""])
@rows(
    "key",
    [
        PUBLIC_BYTES,
        PUBLIC.encode(),
        PUBLIC.removeprefix("whpk_").encode(),
        PUBLIC_PEM.encode(),
        b"\n" + PUBLIC_PEM.encode(),
    ],
    ids=["raw", "whpk_", "base64", "PEM", "PEM after an empty line"],
)
@rows(
    "configured",
    [PUBLIC, PUBLIC_PEM, PUBLIC_PEM.encode(), b"\n" + PUBLIC_PEM.encode()],
    ids=["whpk_", "PEM", "PEM as bytes", "PEM as bytes after an empty line"],
)
def test_key_confusion(configured: str | bytes, key: bytes, version: str) -> None:
    """The JSON Web Token class of bugs: an HMAC keyed with the public key, which everybody knows.

    The kind of key pins the version: a public key, however it is written, verifies Ed25519 under
    ``v1a`` and nothing else.
    """
    mac = v1(key=key).removeprefix("v1,")
    assert rejected(listed(f"{version},{mac}"), secret=configured) is Reason.SIGNATURE_MISMATCH
    assert accepted(listed(SIGNATURE_V1A), secret=configured)


def test_version_downgrade() -> None:
    """gidgethub's fall back to SHA-1, symfony #62958: a weaker or older form is tried, and passes.

    The right MAC under another version is no signature, nor is one of another hash under ``v1``.
    """
    for version in ("v0", "v2", "V1", "v1a", "v01", "v1.0", "1", "", "v", "sha256", "hmac-sha256", "v1 "):
        assert rejected(listed(f"{version},{MAC}")) is Reason.SIGNATURE_MISMATCH
    for version in ("v1", "v2", "V1A", "v1b", ""):
        ed25519 = SIGNATURE_V1A.removeprefix("v1a,")
        assert rejected(listed(f"{version},{ed25519}"), secret=PUBLIC) is Reason.SIGNATURE_MISMATCH
    for weaker in ("md5", "sha1", "sha224", "sha384", "sha512", "sha3_256"):
        mac = hmac.new(KEY, content(ID, TIMESTAMP, BODY), weaker).digest()
        for encoded in (mac, mac[:32], mac.ljust(32, b"\0")):
            assert rejected(listed("v1," + b64encode(encoded).decode())) is Reason.SIGNATURE_MISMATCH
