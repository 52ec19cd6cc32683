"""One test for each known attack and advisory that concerns the core, named after it.

Every docstring names the reference and the behaviour that it asks for. An attack that a test only
refuses could be refused for the wrong reason, so each test also shows the genuine delivery that it is
made of being accepted, where there is one. The peers' advisories are facts about them; the demands
are on us.
"""

from __future__ import annotations

import gc
import hashlib
import hmac
import inspect
import itertools
import pickle
import sys
import tracemalloc
import unicodedata
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.conformance.cases import (
    BODY,
    CASES,
    GOOD,
    ID,
    KEY,
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
    Case,
    Rejected,
    content,
    environ,
    listed,
    nested,
    signed,
    trio,
    v1,
)
from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import (
    Delivery,
    InvalidSecret,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    Secret,
    SignatureMismatch,
    Signer,
    TimestampOutsideTolerance,
    Verifier,
    asymmetric,
)

MAC = SIGNATURE.removeprefix("v1,")
MAC_BYTES = b64decode(MAC)


def verifier(secret: Any = SECRET, now: float = TIMESTAMP) -> Verifier:
    """A verifier in the second in which the specification's delivery was signed."""
    return Verifier(secret, clock=lambda: now)


def streamed(headers: Any, body: bytes, secret: Any, now: float) -> Delivery:
    """The verdict on a body that arrives in one piece, after the headers."""
    verification = verifier(secret, now).begin(headers)
    verification.update(body)
    return verification.finish()


def accepted(headers: Any, body: bytes = BODY, secret: Any = SECRET, now: float = TIMESTAMP) -> Delivery:
    """The delivery, which must be accepted at once and streamed."""
    delivery = verifier(secret, now).verify(body, headers)
    assert streamed(headers, body, secret, now) == delivery
    return delivery


def rejected(headers: Any, body: bytes = BODY, secret: Any = SECRET, now: float = TIMESTAMP) -> Reason:
    """Why the delivery is rejected, which it must be, at once and streamed, for the same reason."""
    with pytest.raises(RejectedDelivery) as at_once:
        verifier(secret, now).verify(body, headers)
    with pytest.raises(RejectedDelivery) as in_pieces:
        streamed(headers, body, secret, now)
    assert in_pieces.value.reason is at_once.value.reason
    return at_once.value.reason


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


@pytest.fixture
def comparers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any, Any], bool]], None]:
    """Puts another function in the place of compare_digest, in every module of the package that uses it."""
    genuine = hmac.compare_digest
    users = [
        module
        for name, module in sys.modules.items()
        if name.partition(".")[0] == "webhook_verify" and vars(module).get("compare_digest") is genuine
    ]
    assert users, "no module of the package uses hmac.compare_digest"

    def replace(comparison: Callable[[Any, Any], bool]) -> None:
        for module in users:
            monkeypatch.setattr(module, "compare_digest", comparison)

    return replace


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


# --- The headers --------------------------------------------------------------------------------


@pytest.mark.parametrize("brands", [*itertools.product(("webhook", "svix"), repeat=3)], ids=" ".join)
def test_mixed_brands(brands: tuple[str, str, str]) -> None:
    """svix 2 for Python takes each header from whichever brand has it, so an attacker can choose.

    A trio is of one brand. Three good headers of mixed brands are an incomplete delivery.
    """
    headers = {
        f"{brand}-{name}": GOOD[f"webhook-{name}"]
        for brand, name in zip(brands, ("id", "timestamp", "signature"), strict=True)
    }
    if len(set(brands)) == 1:
        assert accepted(headers)
    else:
        assert rejected(headers) is Reason.MISSING_HEADER


def test_mixed_brands_do_not_make_an_old_delivery_fresh() -> None:
    """With one brand's timestamp checked and the other's signed, any old delivery could be replayed."""
    old = signed(timestamp=TIMESTAMP - 1000)
    fresh = trio(timestamp=str(TIMESTAMP), signature=old["webhook-signature"], brand="svix")
    assert rejected({**old, **fresh}) is Reason.TOO_OLD
    assert rejected(fresh) is Reason.SIGNATURE_MISMATCH
    assert rejected({**old, "svix-timestamp": str(TIMESTAMP)}) is Reason.TOO_OLD


@pytest.mark.parametrize("first", ["good first", "good last"])
@pytest.mark.parametrize("name", GOOD)
def test_duplicate_headers(name: str, first: str) -> None:
    """RFC 9110 section 17.10: verifier and application may read different ones of two equal names.

    A signed header that stands twice with different values is refused, in either order.
    """
    other = (name.title(), GOOD[name] + "0")
    pairs = [*PAIRS, other] if first == "good first" else [other, *PAIRS]
    assert rejected(pairs) is Reason.DUPLICATE_HEADER
    assert accepted([*PAIRS, *PAIRS])


def test_cve_2015_0219_underscore_smuggling() -> None:
    """CVE-2015-0219 (Django), gunicorn #2799: ``Webhook_Id`` and ``Webhook-Id`` become one under WSGI.

    A name with underscores is not ours, and an environ's name beside a plain one is a duplicate.
    """
    underscored = {name.replace("-", "_"): value for name, value in PAIRS}
    assert rejected(underscored) is Reason.MISSING_HEADER
    assert accepted({**GOOD, **dict.fromkeys(underscored, "smuggled")})
    assert rejected({**GOOD, "HTTP_WEBHOOK_ID": "smuggled"}) is Reason.DUPLICATE_HEADER
    assert rejected({**environ(GOOD), "HTTP_WEBHOOK_ID": f"{ID},smuggled"}) is Reason.SIGNATURE_MISMATCH


HOSTILE: list[Any] = [
    *(None, "", " ", "\0", "x", "1", "-1", "nan", "1" * 5000, SIGNATURE, str(TIMESTAMP), ID),
    *("\xe9", "\u0661", "\ud800", "\U0001f4a9" * 44, "v1,", "v1," + "\xe9" * 44, " , ,v1,,"),
    *(b"", b"\xff\xfe", b"\xed\xa0\x80", bytearray(b"x"), 0, 1.5, float("nan"), True, 10**5000),
    *(object(), type, [], [""], [None], ["a", "b"], ("a",), {"a": "b"}, nested("x", 100_000)),
]


def test_cve_2023_50728_exception_instead_of_rejection() -> None:
    """CVE-2023-50728 (octokit) and others: one hostile header ended the process or caused a 500.

    Whatever stands in the three headers, the answer is a verdict: a Delivery or a RejectedDelivery.
    """
    verdicts: set[type] = set()
    for values in itertools.product(HOSTILE, repeat=3):
        try:
            verdicts.add(type(verifier().verify(BODY, trio(*values))))
        except RejectedDelivery as error:
            verdicts.add(type(error))
    assert verdicts == {Delivery, MalformedDelivery, TimestampOutsideTolerance, SignatureMismatch}


@pytest.mark.parametrize(
    "headers", [None, 0, "", "x", b"x", object(), type, [None], [()], [("a",)], [1], {1: 1}, [{}]]
)
def test_headers_that_are_none(headers: Any) -> None:
    """The same demand for what holds the headers: it is refused as malformed, whatever it is."""
    assert rejected(headers) in (Reason.UNREADABLE_HEADER, Reason.MISSING_HEADER)


# --- Id and timestamp ---------------------------------------------------------------------------


def test_boundary_shift_is_accepted_only_where_the_body_starts_with_a_timestamp() -> None:
    """Standard Webhooks 1.0.0, "Signature scheme": a dot in the id lets the boundaries be moved.

    The signed content is id.timestamp.body, so the genuine (msg_1, T, "U.rest") has the signature of
    (msg_1.T, U, "rest"). Ids with dots are in use, so a verifier has to accept the second where U is
    a timestamp of now; what the shift can change is only where the id ends. It takes a body that
    starts with twelve digits at most and a dot, which no JSON object or array does.
    """
    later = TIMESTAMP + 1
    genuine = signed("msg_1", TIMESTAMP, b"%d.rest" % later)
    shifted = {**genuine, "webhook-id": f"msg_1.{TIMESTAMP}", "webhook-timestamp": str(later)}
    assert accepted(genuine, b"%d.rest" % later).id == "msg_1"
    assert accepted(shifted, b"rest").id == f"msg_1.{TIMESTAMP}"
    assert rejected(shifted, b"rest", now=later + 301) is Reason.TOO_OLD
    assert rejected(shifted, b"rest", now=later - 301) is Reason.TOO_NEW


@pytest.mark.parametrize(
    "body",
    [
        b'{"amount": 1.5, "at": 1614265331.0}',
        b"[1614265331.5]",
        b" 1614265331.{}",
        b"01614265331.{}",
        b"+1614265331.x",
        b"1614265331",
        b"1.{}",
        b"...",
        b"",
    ],
)
def test_boundary_shift_of_any_other_body_is_rejected(body: bytes) -> None:
    """The same, for bodies that do not start so: of all ways to split the signed content at two dots
    into id, timestamp and body, the genuine one alone verifies."""
    whole = content("msg_1", TIMESTAMP, body)
    signature = v1("msg_1", TIMESTAMP, body)
    dots = [place for place, byte in enumerate(whole) if byte == ord(".")]
    verified = []
    for first, second in itertools.combinations(dots, 2):
        msg_id, timestamp, rest = whole[:first], whole[first + 1 : second], whole[second + 1 :]
        try:
            verified.append(verifier().verify(rest, trio(msg_id, timestamp, signature)).id)
        except RejectedDelivery:
            continue
    assert verified == ["msg_1"]


def test_boundary_shift_out_of_a_dotted_id_needs_one_that_ends_in_a_timestamp() -> None:
    """The shift the other way, from id to body: a genuine id that ends in a dot and a timestamp of now.

    A verifier cannot tell, so a sender must not use such ids: Signer refuses every id with a dot.
    """
    dotted = signed(f"msg_1.{TIMESTAMP}", TIMESTAMP + 1, BODY)
    shifted = {**dotted, "webhook-id": "msg_1", "webhook-timestamp": str(TIMESTAMP)}
    assert accepted(shifted, b"%d.%b" % (TIMESTAMP + 1, BODY)).id == "msg_1"
    harmless = signed("org.example.42", TIMESTAMP, BODY)
    moved = {**harmless, "webhook-id": "org.example", "webhook-timestamp": "42"}
    assert rejected(moved, b"%d.%b" % (TIMESTAMP, BODY)) is Reason.TOO_OLD
    for msg_id in (f"msg_1.{TIMESTAMP}", "org.example.42", ".", "a."):
        with pytest.raises(ValueError, match="dot"):
            Signer(SECRET).sign(BODY, id=msg_id, timestamp=TIMESTAMP)


def test_float_timestamp() -> None:
    """standardwebhooks for Python reads float(timestamp) and signs its floor: many texts, one signature.

    A timestamp is plain digits. Neither the official signature of it nor one of its own text helps.
    """
    for text in (
        f"{TIMESTAMP}.0",
        f"{TIMESTAMP}.9",
        "1.614265330e9",
        "1614_265_330",
        f"{TIMESTAMP}.",
        "nan",
        "inf",
    ):
        assert rejected(trio(timestamp=text)) is Reason.UNREADABLE_HEADER
        assert rejected(signed(timestamp=text)) is Reason.UNREADABLE_HEADER


def test_padded_timestamp() -> None:
    """int() and float() skip blanks, signs and leading zeros, so the text checked is not the text signed."""
    for text in (
        f" {TIMESTAMP}",
        f"{TIMESTAMP} ",
        f"{TIMESTAMP}\n",
        f"\t{TIMESTAMP}",
        f"+{TIMESTAMP}",
        f"0{TIMESTAMP}",
        f"{TIMESTAMP}\0",
    ):
        assert rejected(trio(timestamp=text)) is Reason.UNREADABLE_HEADER
        assert rejected(signed(timestamp=text)) is Reason.UNREADABLE_HEADER


def test_non_ascii_timestamp() -> None:
    """int() reads the digits of every script, and str.isdigit calls superscripts digits."""
    digits = (0x660, 0x6F0, 0x966, 0xFF10, 0x1D7CE)
    texts = [str(TIMESTAMP).translate({48 + digit: zero + digit for digit in range(10)}) for zero in digits]
    assert {int(text) for text in texts} == {TIMESTAMP}
    for text in (*texts, "\xb9\xb2\xb3", "\u2460", "\u2169", str(TIMESTAMP)[:-1] + "\u0660"):
        assert rejected(trio(timestamp=text)) is Reason.UNREADABLE_HEADER
        assert rejected(signed(timestamp=text)) is Reason.UNREADABLE_HEADER


def test_year_ahead_timestamp() -> None:
    """Stripe's libraries check the past only: a delivery dated a year ahead could be replayed all year.

    The tolerance holds in both directions, on the second.
    """
    for ahead in (301, 3600, 365 * 86_400):
        assert rejected(signed(timestamp=TIMESTAMP + ahead)) is Reason.TOO_NEW
    assert accepted(signed(timestamp=TIMESTAMP + 300))
    assert accepted(signed(timestamp=TIMESTAMP - 300))
    assert rejected(signed(timestamp=TIMESTAMP - 301)) is Reason.TOO_OLD


@pytest.mark.parametrize(
    "tolerance", [float("nan"), float("inf"), -float("inf"), 0, 0.0, -1, timedelta(0), -timedelta(1)]
)
def test_nan_tolerance(tolerance: Any) -> None:
    """NaN compares false with everything, so ``age > tolerance`` never refuses; infinity likewise.

    A tolerance is finite and longer than zero, or there is no verifier.
    """
    with pytest.raises(ValueError, match="finite"):
        Verifier(SECRET, tolerance=tolerance)


@pytest.mark.parametrize("tolerance", [True, None, "300", b"300", 300j, [300]])
def test_tolerance_that_is_no_number(tolerance: Any) -> None:
    """svix #2548: a tolerance that is compared as something else. True is no second."""
    with pytest.raises(TypeError):
        Verifier(SECRET, tolerance=tolerance)


@pytest.mark.parametrize("received_at", [float("nan"), float("inf"), -float("inf"), datetime(2021, 2, 25)])
def test_nan_receipt(received_at: Any) -> None:
    """The same for the time that verify_at is told: it is finite, and a datetime has a zone."""
    with pytest.raises(ValueError):
        verifier().verify_at(BODY, GOOD, received_at=received_at)


def test_wrong_second_signed() -> None:
    """The official Python libraries drop a datetime's zone, and sign another instant.

    Signer signs the instant, and refuses a datetime without zone.
    """
    for hours in (-12, 0, 5.5, 14):
        when = datetime.fromtimestamp(TIMESTAMP, timezone(timedelta(hours=hours)))
        assert Signer(SECRET).sign(BODY, id=ID, timestamp=when) == GOOD
    with pytest.raises(ValueError, match="time zone"):
        Signer(SECRET).sign(BODY, id=ID, timestamp=datetime(2021, 2, 25))


# --- The body -----------------------------------------------------------------------------------


def test_non_utf8_body() -> None:
    """The official Python libraries decode the body first: UnicodeDecodeError, a 500 for anybody.

    The body is bytes. What is signed is accepted whatever it is, what is not is rejected.
    """
    for body in (b"\xff", b"\xfe\xff\0a", b"\xc0\x80", b"\xed\xa0\x80", bytes(range(256))):
        assert accepted(signed(body=body), body).body == body
        assert rejected(GOOD, body) is Reason.SIGNATURE_MISMATCH


def test_decoded_body() -> None:
    """standardwebhooks for JavaScript: bodies that decode to the same text have the same signature.

    The MAC is over the bytes. Equal texts, by lossy decoding or by normalisation, are different bodies.
    """
    assert b"\xff".decode("utf-8", "replace") == b"\xfe".decode("utf-8", "replace")
    assert rejected(signed(body=b"\xff"), b"\xfe") is Reason.SIGNATURE_MISMATCH
    composed, decomposed = "\xe9".encode(), unicodedata.normalize("NFD", "\xe9").encode()
    assert rejected(signed(body=composed), decomposed) is Reason.SIGNATURE_MISMATCH
    assert rejected(signed(body=b"\xef\xbb\xbf{}"), b"{}") is Reason.SIGNATURE_MISMATCH
    assert rejected(signed(body=b"{}\r\n"), b"{}\n") is Reason.SIGNATURE_MISMATCH


def test_text_or_parsed_body() -> None:
    """stripe-python #570 and many more: a decoded or parsed body is another body than the one signed."""
    for body in (BODY.decode(), {"test": 2432232314}, None, 1, [BODY]):
        with pytest.raises(TypeError, match="raw request body"):
            verifier().verify(body, GOOD)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="raw request body"):
            verifier().begin(GOOD).update(body)  # type: ignore[arg-type]


def test_parse_before_verify() -> None:
    """symfony #65774, stripe-python #577: a body of ``1`` reached the parser before the check.

    What the body holds plays no part in the verdict, only its bytes do.
    """
    for body in (b"1", b"null", b"[", b"{" * 100_000, b"[" * 100_000, b"NaN", b'{"a":1,"a":2}', b""):
        assert accepted(signed(body=body), body).body == body
        assert rejected(GOOD, body) is Reason.SIGNATURE_MISMATCH


# --- Bounded work -------------------------------------------------------------------------------


def test_huge_digit_runs() -> None:
    """int() refuses 5000 digits with ValueError, and takes quadratic time for what it does read."""
    for digits in ("1" * 4300, "1" * 5000, "9" * 1_000_000, "0" * 1_000_000):
        assert rejected(trio(timestamp=digits)) is Reason.UNREADABLE_HEADER
        assert rejected(trio(signature=f"v1,{digits}")) is Reason.SIGNATURE_MISMATCH
        assert rejected(trio(signature=digits)) is Reason.SIGNATURE_MISMATCH
        assert rejected(trio(id=digits)) is Reason.SIGNATURE_MISMATCH
        assert accepted(signed(id=digits)).id == digits


def test_unbounded_hmac_entries(comparers: Callable[[Callable[[Any, Any], bool]], None]) -> None:
    """openai-node #2475: every entry cost one HMAC, so one request could cost thousands.

    Of 10,000 entries 32 are compared for each secret.
    """
    compared: list[object] = []

    def counting(one: object, other: object) -> bool:
        compared.append(other)
        return False

    comparers(counting)
    for secrets in (1, 2, 5):
        compared.clear()
        several = [bytes([100 + n]) * 32 for n in range(secrets)]
        with pytest.raises(SignatureMismatch):
            verifier(several).verify(BODY, listed(*[WRONG] * 10_000))
        assert len(compared) == 32 * secrets


def test_unbounded_ed25519_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for ``v1a``, where an entry costs some 100 microseconds and no work can be shared.

    Of 10,000 entries 8 are verified for each key.
    """
    verified: list[bytes] = []

    def counting_verifier(key: bytes) -> Callable[[bytes, bytes], bool]:
        def signed_by(signature: bytes, message: bytes) -> bool:
            verified.append(signature)
            return False

        return signed_by

    monkeypatch.setattr(asymmetric, "verifier", counting_verifier)
    with pytest.raises(SignatureMismatch):
        verifier(PUBLIC).verify(BODY, listed(*[WRONG_V1A] * 10_000))
    assert len(verified) == 8


def test_unbounded_header_names() -> None:
    """What is remembered of header names is bounded: they come from the network.

    Long and odd names, met by the thousand, must not stay in memory.
    """
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(600):
            for name in (f"x-{number}-" + "a" * 10_000, f"\xe9-{number}-" + "\xe9" * 10_000):
                with pytest.raises(MalformedDelivery):
                    verifier().verify(b"", {name: ""})
                with pytest.raises(MalformedDelivery):
                    verifier().verify(b"", [(name.encode(), b"")])
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert kept < 500_000


# --- What leaks ---------------------------------------------------------------------------------

REJECTIONS = [case for case in CASES if isinstance(case.verdict, Rejected)]


@rows("case", REJECTIONS, ids=lambda case: case.name)
def test_cve_2018_1000089_secrets_in_error_reports(case: Case) -> None:
    """CVE-2018-1000089 (django-anymail): the secret stood in the error reports.

    No rejection shows secret, signature, body or right MAC: not in its text, its repr, its
    attributes or its pickle.
    """
    with pytest.raises(RejectedDelivery) as caught:
        Verifier(case.secret, clock=lambda: case.now, **case.options).verify(case.body, case.headers)
    error = caught.value
    shown = f"{error!s} {error!r} {error.args!r} {vars(error)!r} {pickle.dumps(error)!r}"
    for hidden in (SECRET[6:], MAC, MAC[:12], SIGNATURE_V1A[4:16], BODY.decode(), PUBLIC[5:17]):
        assert hidden not in shown


def test_secrets_in_reprs() -> None:
    """The same for what holds the secrets, which a debugger or an error report shows as it is."""
    for holder in (
        Secret(SECRET),
        verifier(),
        verifier([SECRET, PUBLIC]),
        Signer(SECRET),
        verifier().begin(GOOD),
    ):
        for text in (repr(holder), str(holder), f"{holder}"):
            assert SECRET[6:] not in text
            assert PUBLIC[5:] not in text
            assert MAC not in text


def test_distinguishing_error_replies() -> None:
    """corsair #348, symfony #65774: what differs between two refusals tells an attacker how far he came.

    Every wrong signature is refused with the same words, whatever is wrong with it.
    """
    wrong: list[tuple[dict[str, Any], bytes]] = [
        (GOOD, BODY + b" "),
        (trio(id="msg_2"), BODY),
        (listed(WRONG), BODY),
        (listed("garbage"), BODY),
        (listed("v1,"), BODY),
        (listed(f"v1,{MAC[:-1]}"), BODY),
        (listed(SIGNATURE_V1A), BODY),
        (listed(v1(key=OTHER_KEY)), BODY),
    ]
    texts = set()
    for headers, body in wrong:
        with pytest.raises(SignatureMismatch) as caught:
            verifier().verify(body, headers)
        texts.add((str(caught.value), caught.value.status_hint))
    assert len(texts) == 1
