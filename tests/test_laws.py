"""The eight laws of the verifier, each for every input that hypothesis can think of.

The laws are quoted from the docstring of :class:`webhook_verify.Verifier`. What single deliveries
come to is the conformance table's; here stands what holds for all of them.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.effort import examples
from tests.rows import rows
from webhook_verify import (
    Delivery,
    InvalidSecret,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    Secret,
    SignatureMismatch,
    TimestampOutsideTolerance,
    Verifier,
)
from webhook_verify.secret import signing_key

NOW = 1_700_000_000
ID = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"
BODY = b'{"type": "invoice.paid"}'
KEY, OTHER_KEY = bytes(range(32)), bytes(range(32, 64))
SECRET, OTHER = ("whsec_" + b64encode(key).decode() for key in (KEY, OTHER_KEY))
PRIVATE = "whsk_" + b64encode(bytes(range(64, 96))).decode()
PUBLIC = "whpk_JUO5L/EJVRFHatyDadtt3JM2ZaEZeN2hQE7hBmypVZ0="
NAMES = (
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "svix-id",
    "svix-timestamp",
    "svix-signature",
)

VERIFIER = Verifier([SECRET, OTHER, PUBLIC], clock=lambda: NOW)


def mac(id: str = ID, timestamp: str = str(NOW), body: bytes = BODY, key: bytes = KEY) -> str:
    """The v1 entry, by the standard library alone."""
    signed_content = f"{id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, signed_content, "sha256")).decode()


def headers(brand: str = "webhook", **other: Any) -> dict[str, Any]:
    """A genuine trio, but for what is said otherwise."""
    trio = {"id": ID, "timestamp": str(NOW), "signature": mac(), **other}
    return {f"{brand}-{role}": value for role, value in trio.items()}


def outcome(verify: Callable[[], Delivery]) -> object:
    """The Delivery, or class, reason and message of the rejection: what two ways can be compared by."""
    try:
        return verify()
    except RejectedDelivery as rejection:
        return type(rejection), rejection.reason, str(rejection)


def in_chunks(verifier: Verifier, given_headers: Any, chunks: list[bytes]) -> Delivery:
    """The same delivery, streamed."""
    verification = verifier.begin(given_headers)
    for chunk in chunks:
        verification.update(chunk)
    return verification.finish()


# --- what hypothesis draws from -------------------------------------------------------------------

spellings = st.sampled_from(NAMES).flatmap(
    lambda name: st.sampled_from(
        [name, name.title(), name.upper(), name.encode(), "HTTP_" + name.upper().replace("-", "_")]
    )
)
texts = st.one_of(
    st.sampled_from(
        [ID, str(NOW), mac(), mac(key=OTHER_KEY), "", " ", "v1,", "9" * 5_000, "\ud800", "٣", "msg\0"]
    ),
    st.text(max_size=60),
    st.integers(0, 10**14).map(str),
)
scalars = st.one_of(
    texts, texts.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=60), st.none(),
    st.integers(), st.floats(), st.booleans(),
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)
pairs = st.lists(st.tuples(st.one_of(spellings, spellings, values), values), max_size=8)
hashable_pairs = st.lists(st.tuples(spellings | scalars, values), max_size=8)


class Items:
    """An object with items() and nothing else."""

    def __init__(self, several: Any) -> None:
        self._several = several

    def items(self) -> Iterator[Any]:
        return iter(self._several)


any_headers = st.one_of(
    pairs,
    pairs.map(Items),
    hashable_pairs.map(dict),
    hashable_pairs.map(lambda drawn: {**headers(), **dict(drawn)}),
    pairs.map(lambda drawn: [*headers().items(), *drawn]),
    values,
    st.lists(values, max_size=4),
    st.sampled_from([object(), dict, list, len, ..., Items(None), Items([1]), memoryview(b"webhook-id")]),
)
bodies = st.one_of(st.binary(max_size=200), st.just(BODY))
any_body = st.one_of(bodies, bodies.map(bytearray), bodies.map(lambda body: memoryview(body)))


# --- law 1 ----------------------------------------------------------------------------------------


@examples(500)
@given(any_headers, any_body)
def test_law_1_total(given_headers: Any, body: Any) -> None:
    """For every body and every headers the result is a Delivery or a RejectedDelivery."""
    result = outcome(lambda: VERIFIER.verify(body, given_headers))

    assert isinstance(result, Delivery | tuple)
    if isinstance(result, Delivery):
        assert (result.id, result.timestamp.timestamp(), result.body) == (ID, NOW, BODY)


def deep_list() -> list[Any]:
    deep: list[Any] = []
    for _ in range(20_000):
        deep = [deep]
    return deep


class Unprintable:
    """An object that cannot even be shown."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class Undecided:
    """An object that is neither true nor false, as NotImplemented is from Python 3.14 on."""

    def __bool__(self) -> bool:
        raise TypeError("neither")


@rows("role", ["id", "timestamp", "signature"])
@rows("brand", ["webhook", "svix"])
@rows("form", [dict, lambda given: list(given.items())], ids=["a dict", "pairs"])
@rows(
    "value",
    [
        pytest.param(10**5_000, id="an int that has too many digits to be printed"),
        pytest.param(deep_list(), id="a list that is nested too deeply to be printed"),
        pytest.param(Unprintable(), id="an object that cannot be printed"),
        pytest.param(Undecided(), id="an object that is neither true nor false"),
    ],
)
def test_law_1_total_for_values_that_not_even_python_likes(
    role: str, brand: str, form: Callable[[dict[str, Any]], Any], value: object
) -> None:
    """For every body and every headers the result is a Delivery or a RejectedDelivery."""
    with pytest.raises(MalformedDelivery) as caught:
        VERIFIER.verify(BODY, form(headers(brand, **{role: value})))

    assert caught.value.reason is Reason.UNREADABLE_HEADER


@given(any_headers)
def test_law_1_total_for_headers_alone(given_headers: Any) -> None:
    """Nor does anything else escape begin, finish, or verify_at."""
    for verify in (
        lambda: in_chunks(VERIFIER, given_headers, [BODY]),
        lambda: VERIFIER.verify_at(BODY, given_headers, received_at=NOW),
    ):
        assert isinstance(outcome(verify), Delivery | tuple)


# --- law 2 ----------------------------------------------------------------------------------------

STALE = str(NOW - 301)


@pytest.mark.parametrize("wrong_signature", [True, False], ids=["and a wrong signature", "signed right"])
@pytest.mark.parametrize("timestamp", [str(NOW), STALE], ids=["fresh", "stale"])
@given(id=st.sampled_from(["", " ", None, "\0", "é", 5, ["a", "b"]]))
def test_law_2_bad_headers_are_told_before_anything_else(
    wrong_signature: bool, timestamp: str, id: object
) -> None:
    """Order: headers, timestamp, signature."""
    signature = mac(timestamp=timestamp, key=b"?" * 32 if wrong_signature else KEY)
    with pytest.raises(MalformedDelivery):
        VERIFIER.verify(BODY, headers(id=id, timestamp=timestamp, signature=signature))


@given(body=st.binary(max_size=50), skew=st.integers(301, NOW - 1))
def test_law_2_a_bad_timestamp_is_told_before_a_bad_signature(body: bytes, skew: int) -> None:
    """Order: headers, timestamp, signature."""
    for timestamp in (NOW - skew, NOW + skew):
        with pytest.raises(TimestampOutsideTolerance):
            VERIFIER.verify(body, headers(timestamp=str(timestamp), signature=mac(key=b"?" * 32)))


@pytest.mark.parametrize(
    ("given_headers", "error"),
    [
        pytest.param({}, MalformedDelivery, id="no headers"),
        pytest.param(headers(timestamp="now"), MalformedDelivery, id="an unreadable timestamp"),
        pytest.param(headers(timestamp=STALE), TimestampOutsideTolerance, id="a stale timestamp"),
        pytest.param(headers(signature="v2,abc"), SignatureMismatch, id="no signature of any key's version"),
    ],
)
def test_law_2_what_the_headers_tell_is_refused_before_the_body_is_read(
    given_headers: dict[str, str], error: type[RejectedDelivery]
) -> None:
    """What can be refused before the body is read is refused then."""
    with pytest.raises(error):
        VERIFIER.begin(given_headers)


@pytest.mark.parametrize("given_headers", [{}, headers(timestamp=STALE), headers(signature="v2,abc")])
def test_law_2_nothing_is_hashed_for_what_the_headers_refuse(given_headers: dict[str, str]) -> None:
    """What can be refused before the body is read is refused then."""
    verifier = Verifier(SECRET, clock=lambda: NOW)
    macs = count_macs(verifier)

    with pytest.raises(RejectedDelivery):
        verifier.verify(BODY, given_headers)

    assert macs == [0]


# --- law 3 ----------------------------------------------------------------------------------------

printable_ascii = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=80)


@given(printable_ascii.filter(str.strip), st.integers(NOW - 300, NOW + 300), bodies)
def test_law_3_the_header_text_is_signed_as_received(id: str, timestamp: int, body: bytes) -> None:
    """The signed content uses the header text as received. An id may hold dots."""
    signature = mac(id, str(timestamp), body)

    delivery = VERIFIER.verify(body, headers(id=id, timestamp=str(timestamp), signature=signature))

    assert (delivery.id, delivery.body) == (id, body)
    assert delivery.timestamp == datetime.fromtimestamp(timestamp, UTC)


@given(
    st.text(max_size=40).filter(
        lambda text: bool(text.strip()) and not (text.isascii() and text.isprintable())
    )
)
@example("\ud800")
@example("msg_1\n")
@example("msg_1\0")
def test_law_3_an_id_is_printable_ascii(id: str) -> None:
    """An id may hold dots, but only printable ASCII."""
    assert_unreadable(headers(id=id))


@pytest.mark.parametrize("timestamp", [NOW, 1, 999_999_999_999])
@given(st.data())
def test_law_3_a_timestamp_has_one_spelling(timestamp: int, data: st.DataObject) -> None:
    """A timestamp is [1-9][0-9]{0,11} in ASCII."""
    wide = Verifier(SECRET, tolerance=2.0**60, clock=lambda: NOW)
    odd = data.draw(
        st.sampled_from(
            [*" \t\n+-_.,0eE\0\x0b\xa0\u2003\u0660\u06f0\uff10\U0001d7ce\xb2", ".0", "\r\n", "_0"]
        )
    )
    place = data.draw(st.integers(0, len(str(timestamp))))
    spelled = str(timestamp)[:place] + odd + str(timestamp)[place:]
    if spelled.isascii() and spelled.isdigit() and spelled[0] != "0" and len(spelled) <= 12:
        return  # a nought inside makes another timestamp

    with pytest.raises(MalformedDelivery) as caught:
        wide.verify(BODY, headers(timestamp=spelled, signature=lenient_mac(spelled)))

    assert caught.value.reason is Reason.UNREADABLE_HEADER


@given(st.text(max_size=14).filter(lambda text: bool(text.strip()) and not text.isascii()))
def test_law_3_digits_are_ascii(timestamp: str) -> None:
    """A timestamp is [1-9][0-9]{0,11} in ASCII."""
    assert_unreadable(headers(timestamp=timestamp))


@pytest.mark.parametrize("role", ["id", "timestamp", "signature"])
@given(st.text(st.sampled_from(" \t\n\r\x0b\x0c\x1c\x85\xa0\u2003"), max_size=4))
def test_law_3_a_blank_header_is_missing(role: str, blank: str) -> None:
    """A blank one is missing."""
    with pytest.raises(MalformedDelivery) as caught:
        VERIFIER.verify(BODY, headers(**{role: blank}))

    assert caught.value.reason is Reason.MISSING_HEADER


def assert_unreadable(given_headers: dict[str, str]) -> None:
    with pytest.raises(MalformedDelivery) as caught:
        VERIFIER.verify(BODY, given_headers)
    assert caught.value.reason is Reason.UNREADABLE_HEADER


def lenient_mac(timestamp: str) -> str:
    """A signature that is right for this very text, so that nothing but the text can be at fault."""
    signed_content = f"{ID}.{timestamp}.".encode("utf-8", "surrogatepass") + BODY
    return "v1," + b64encode(hmac.digest(KEY, signed_content, "sha256")).decode()


# --- law 4 ----------------------------------------------------------------------------------------

tolerances = st.one_of(
    st.sampled_from([300, 0.25, 0.999, 1, 1.5, 299.5, 300.75]),
    st.integers(1, 900),
    st.integers(1, 7200).map(lambda n: n / 8),
)


@given(st.integers(-1_000, 1_000), st.integers(0, 7), tolerances)
@example(300, 7, 300)
@example(301, 0, 300)
@example(-300, 0, 300)
@example(-301, 7, 300)
@example(0, 0, 0.25)
@example(1, 0, 0.25)
def test_law_4_time_is_checked_in_whole_seconds(skew: int, eighths: int, tolerance: float) -> None:
    """Time is checked in both directions in whole seconds; the bound itself is inside."""
    now, timestamp = NOW + eighths / 8, NOW - skew
    signed = headers(timestamp=str(timestamp), signature=mac(timestamp=str(timestamp)))
    verifier = Verifier(SECRET, tolerance=tolerance, clock=lambda: now)

    if abs(math.floor(Fraction(now)) - timestamp) <= Fraction(tolerance):
        assert verifier.verify(BODY, signed).id == ID
        return
    with pytest.raises(TimestampOutsideTolerance) as caught:
        verifier.verify(BODY, signed)
    assert caught.value.reason is (Reason.TOO_OLD if skew > 0 else Reason.TOO_NEW)
    assert (caught.value.skew, caught.value.tolerance) == (skew, tolerance)


@given(st.integers(1, 999_999_999_999), st.floats(-(2.0**61), 2.0**61))
@example(253_402_300_800, 253_402_300_800.0)  # the year 10000, which no datetime can hold
@example(999_999_999_999, 999_999_999_999.0)
@example(1, -0.5)
def test_law_4_any_time_and_any_clock(timestamp: int, received_at: float) -> None:
    """There is no off switch; verify_at serves queues and tests."""
    # A difference of a clock that stands a hair before 1970 is rounded to the whole second after it.
    assume(not -1e-6 < received_at < 0)
    signed = headers(timestamp=str(timestamp), signature=mac(timestamp=str(timestamp)))

    result = outcome(lambda: VERIFIER.verify_at(BODY, signed, received_at=received_at))

    fresh = abs(math.floor(received_at) - timestamp) <= 300 and timestamp < 253_402_300_800
    assert isinstance(result, Delivery) is fresh


@given(st.integers(-600, 600))
def test_law_4_verify_at_is_verify_at_that_time(skew: int) -> None:
    """There is no off switch; verify_at serves queues and tests."""
    late = Verifier(SECRET, clock=lambda: NOW + skew)
    when = datetime.fromtimestamp(NOW + skew, UTC)

    expected = outcome(lambda: late.verify(BODY, headers()))

    verifier = Verifier(SECRET, clock=lambda: 1.0)
    assert outcome(lambda: verifier.verify_at(BODY, headers(), received_at=NOW + skew)) == expected
    assert outcome(lambda: verifier.verify_at(BODY, headers(), received_at=when)) == expected


@pytest.mark.parametrize(
    "tolerance", [0, -1, 0.0, math.nan, math.inf, -math.inf, 2**62, timedelta(0), timedelta(seconds=-1)]
)
def test_law_4_no_off_switch(tolerance: float | timedelta) -> None:
    """There is no off switch."""
    with pytest.raises(ValueError, match="finite and longer than zero"):
        Verifier(SECRET, tolerance=tolerance)


@pytest.mark.parametrize("tolerance", [True, False, None, "300", [300], 1j])
def test_law_4_a_tolerance_is_a_number_or_a_timedelta(tolerance: Any) -> None:
    """There is no off switch."""
    with pytest.raises(TypeError, match="tolerance"):
        Verifier(SECRET, tolerance=tolerance)


# --- law 5 ----------------------------------------------------------------------------------------

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
odd_characters = st.sampled_from([*"\n\t\0!-_=", "==", "é"]) | st.sampled_from(ALPHABET)


def ed25519_entry(id: str = ID, timestamp: str = str(NOW), body: bytes = BODY) -> str:
    return "v1a," + signing_key(Secret(PRIVATE)).sign(f"{id}.{timestamp}.".encode() + body)


@pytest.mark.parametrize("entry", [mac(), ed25519_entry()], ids=["v1", "v1a"])
@given(st.data())
def test_law_5_only_the_canonical_base64_counts(entry: str, data: st.DataObject) -> None:
    """Only the canonical base64 of a signature counts: no other text does, whatever it decodes to."""
    version, _, text = entry.partition(",")
    place = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 2))
    other = text[:place] + data.draw(odd_characters) + text[place + cut :]

    accepted = isinstance(
        outcome(lambda: VERIFIER.verify(BODY, headers(signature=f"{version},{other}"))), Delivery
    )

    assert accepted is (other == text)


@pytest.mark.parametrize(("entry", "unused_bits"), [(mac(), 2), (ed25519_entry(), 4)], ids=["v1", "v1a"])
def test_law_5_another_last_letter_for_the_same_bytes_is_refused(entry: str, unused_bits: int) -> None:
    """Only the canonical base64 of a signature counts."""
    bare = entry.rstrip("=")
    padding = entry[len(bare) :]
    for bits in range(1, 1 << unused_bits):
        twin = bare[:-1] + ALPHABET[ALPHABET.index(bare[-1]) | bits] + padding
        assert b64decode(twin.partition(",")[2]) == b64decode(entry.partition(",")[2])
        with pytest.raises(SignatureMismatch):
            VERIFIER.verify(BODY, headers(signature=twin))


garbage = st.one_of(
    st.sampled_from(
        ["v1", "v1,", "v2," + mac()[3:], "V1," + mac()[3:], mac(key=b"?" * 32), ",", "v1a," + mac()[3:]]
    ),
    st.text(st.characters(exclude_characters=" "), min_size=1, max_size=50).filter(
        lambda text: text != mac()
    ),
)


@given(st.lists(garbage, max_size=40), st.data())
def test_law_5_a_good_entry_counts_among_the_first_32(others: list[str], data: st.DataObject) -> None:
    """Unknown versions and garbage are skipped. At most 32 entries are looked at."""
    place = data.draw(st.integers(0, len(others)))
    entries = [*others[:place], mac(), *others[place:]]

    result = outcome(lambda: VERIFIER.verify(BODY, headers(signature=" ".join(entries))))

    assert isinstance(result, Delivery) is (place < 32)


@pytest.mark.parametrize(
    ("before", "accepted"), [(0, True), (7, True), (8, False), (31, False)], ids=lambda value: str(value)
)
def test_law_5_a_good_v1a_entry_counts_among_the_first_8(before: int, accepted: bool) -> None:
    """At most 32 entries are looked at, 8 of them v1a."""
    wrong = "v1a," + "A" * 86 + "=="
    signature = " ".join([*[wrong] * before, ed25519_entry()])

    assert (
        isinstance(outcome(lambda: VERIFIER.verify(BODY, headers(signature=signature))), Delivery) is accepted
    )


@pytest.mark.parametrize(
    ("secret", "signature"),
    [
        pytest.param(SECRET, "v1a," + mac()[3:], id="an HMAC as v1a"),
        pytest.param(PUBLIC, "v1," + ed25519_entry()[4:], id="an Ed25519 signature as v1"),
        pytest.param(SECRET, ed25519_entry(), id="a good v1a signature for an HMAC secret"),
        pytest.param(PUBLIC, mac(key=b64decode(PUBLIC[5:])), id="an HMAC keyed with the public key"),
    ],
)
def test_law_5_the_kind_of_key_pins_the_version(secret: str, signature: str) -> None:
    """The kind of key pins the version."""
    with pytest.raises(SignatureMismatch):
        Verifier(secret, clock=lambda: NOW).verify(BODY, headers(signature=signature))


class Counted:
    """The state of a hash that counts its copies: a MAC copies each of its two states once."""

    def __init__(self, state: Any, counts: list[int], place: int) -> None:
        self._state, self._counts, self._place = state, counts, place

    def copy(self) -> Any:
        self._counts[self._place] += 1
        return self._state.copy()


def count_macs(verifier: Verifier) -> list[int]:
    """How many MACs each of the verifier's HMAC keys will have begun."""
    keys: list[Any] = [key for _, key, _ in verifier._keys]
    counts = [0] * len(keys)
    for place, key in enumerate(keys):
        key._inner = Counted(key._inner, counts, place)
    return counts


@pytest.mark.parametrize("entries", [1, 2, 32, 10_000])
@pytest.mark.parametrize("streamed", [False, True], ids=["at once", "streamed"])
def test_law_5_one_mac_a_secret_not_one_an_entry(entries: int, streamed: bool) -> None:
    """One MAC a secret, not one an entry."""
    verifier = Verifier([SECRET, OTHER], clock=lambda: NOW)
    macs = count_macs(verifier)
    wrong = headers(signature=" ".join([mac(key=b"?" * 32)] * entries))

    with pytest.raises(SignatureMismatch):
        in_chunks(verifier, wrong, [BODY]) if streamed else verifier.verify(BODY, wrong)

    assert macs == [1, 1]


# --- law 6 ----------------------------------------------------------------------------------------

ROTATION = {label: hashlib.sha256(label.encode()).digest() for label in ("2026-05", "2026-08", "2026-11")}


@given(
    st.permutations(list(ROTATION)), st.sets(st.sampled_from(list(ROTATION))), st.sampled_from(list(ROTATION))
)
def test_law_6_all_secrets_that_are_valid_now_are_tried(
    order: list[str], expired: set[str], signer: str
) -> None:
    """All secrets that are valid now are tried; Delivery.secret_label names the one that matched."""
    past = datetime.fromtimestamp(NOW, UTC)
    secrets = [
        Secret(ROTATION[label], label=label, expires_at=past if label in expired else None) for label in order
    ]
    signed = headers(signature=mac(key=ROTATION[signer]))

    result = outcome(lambda: Verifier(secrets, clock=lambda: NOW).verify(BODY, signed))

    if signer not in expired:
        assert isinstance(result, Delivery)
        assert result.secret_label == signer
    else:
        assert isinstance(result, tuple)
        nothing_left = expired == set(ROTATION)
        assert result[1] is (Reason.NO_SECRET if nothing_left else Reason.SIGNATURE_MISMATCH)


@pytest.mark.parametrize(
    ("skew", "verified"),
    [(-1, False), (0, True), (59, True), (60, False)],
    ids=["before", "first", "last", "after"],
)
def test_law_6_a_window_holds_its_first_instant_and_not_its_last(skew: int, verified: bool) -> None:
    """All secrets that are valid now are tried."""
    start = datetime.fromtimestamp(NOW, UTC)
    secret = Secret(SECRET, not_before=start, expires_at=start + timedelta(seconds=60))
    verifier = Verifier(secret, clock=lambda: NOW + skew)

    assert isinstance(outcome(lambda: verifier.verify(BODY, headers())), Delivery) is verified


def test_law_6_secrets_without_a_label_are_numbered() -> None:
    """Delivery.secret_label names the one that matched."""
    verifier = Verifier([OTHER, Secret(SECRET, label="named"), PUBLIC], clock=lambda: NOW)
    keys = [
        verifier.verify(BODY, headers(signature=signature)).secret_label
        for signature in (mac(key=OTHER_KEY), mac(), ed25519_entry())
    ]

    assert keys == ["secret-1", "named", "secret-3"]


@given(st.lists(st.sampled_from(NAMES), unique=True))
def test_law_6_brands_are_never_mixed(present: list[str]) -> None:
    """Of two brands of headers the first complete trio counts; they are never mixed."""
    both = {**headers(), **headers("svix", id="msg_svix", signature=mac("msg_svix"))}
    given_headers = {name: both[name] for name in present}

    result = outcome(lambda: VERIFIER.verify(BODY, given_headers))

    trios = [
        message for message, names in ((ID, NAMES[:3]), ("msg_svix", NAMES[3:])) if set(names) <= set(present)
    ]
    assert (result.id if isinstance(result, Delivery) else None) == (trios[0] if trios else None)


def test_law_6_a_wrong_first_trio_is_not_saved_by_the_second() -> None:
    """The first complete trio counts."""
    with pytest.raises(SignatureMismatch):
        VERIFIER.verify(BODY, {**headers(signature=mac(key=b"?" * 32)), **headers("svix")})


# --- law 7 ----------------------------------------------------------------------------------------


@given(st.one_of(st.just([]), st.text(" \t\r\n'\"`", max_size=6), st.binary(max_size=15), st.just(b" " * 40)))
def test_law_7_no_secret_no_verifier(secret: Any) -> None:
    """No secret, no verifier."""
    for several in (secret, [SECRET, secret]) if secret != [] else (secret, ()):
        with pytest.raises(InvalidSecret):
            Verifier(several)


@given(st.text(min_size=1, max_size=60))
@example("whsec_!!!!")
@example("whsec_====")
@example("whsec_" + "ä" * 32)
def test_law_7_a_text_is_a_whole_key_or_none(text: str) -> None:
    """No secret, no verifier: never the empty key that a lenient base64 decoder makes out of junk."""
    try:
        Verifier(Secret("whsec_" + text), clock=lambda: NOW)
    except (InvalidSecret, UserWarning):
        return
    key = b64decode(text + "=" * (-len(text) % 4), validate=True)
    assert len(key) >= 24


# --- law 8 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(mac(), id="HMAC"),
        pytest.param(mac(key=OTHER_KEY), id="HMAC, second secret"),
        pytest.param(ed25519_entry(), id="Ed25519"),
        pytest.param(mac(key=b"?" * 32) + " " + ed25519_entry(), id="both kinds, one good"),
        pytest.param(mac(key=b"?" * 32), id="wrong"),
    ],
)
@given(st.lists(st.integers(0, len(BODY)), max_size=10), st.sampled_from([BODY, BODY + b"\0"]))
def test_law_8_streaming_gives_the_verdict_of_one_call(signature: str, cuts: list[int], body: bytes) -> None:
    """begin, then update and finish, gives the verdict of one call."""
    signed = headers(signature=signature)
    edges = [0, *sorted(cuts), len(body)]
    chunks = [body[start:end] for start, end in pairwise(edges)]

    assert outcome(lambda: in_chunks(VERIFIER, signed, chunks)) == outcome(
        lambda: VERIFIER.verify(body, signed)
    )


@examples(500)
@given(any_headers)
def test_law_8_streaming_agrees_about_any_headers(given_headers: Any) -> None:
    """begin, then update and finish, gives the verdict of one call."""
    at_once = outcome(lambda: VERIFIER.verify(BODY, given_headers))

    assert outcome(lambda: in_chunks(VERIFIER, given_headers, [BODY])) == at_once


@given(st.lists(st.binary(max_size=30), max_size=8), st.sampled_from([bytes, bytearray, memoryview]))
def test_law_8_a_chunk_may_be_reused_by_its_owner(
    pieces: list[bytes], kind: Callable[[bytearray], Any]
) -> None:
    """What was fed is what is verified: a server may fill the same buffer with the next chunk."""
    body = b"".join(pieces)
    verification = VERIFIER.begin(headers(signature=mac(body=body)))
    for piece in pieces:
        buffer = bytearray(piece)
        verification.update(kind(buffer))
        buffer[:] = bytes(len(buffer))

    assert verification.finish().body == body
