"""Known attacks on the headers, the id and the timestamp: one test for each, named after it.

As in ``test_attacks_signature.py``, each docstring names the reference and the required behavior.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.conformance.spec_delivery import (
    BODY,
    GOOD,
    ID,
    PAIRS,
    SIGNATURE,
    TIMESTAMP,
    content,
    environ,
    nested,
    signed,
    trio,
    v1,
)
from tests.conformance.verdicts import accepted, rejected, verifier
from tests.effort import THOROUGH
from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import (
    Delivery,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    SignatureMismatch,
    Signer,
    TimestampOutsideTolerance,
    Verifier,
)

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
    chosen = HOSTILE if THOROUGH else [*HOSTILE[::2], "1", SIGNATURE, str(TIMESTAMP), ID]
    for values in itertools.product(chosen, repeat=3):
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


BETWEEN = {
    "JSON": b'{"note": ".%d.x"}',
    "JSON without a blank": b'{"a.b":"c.%d.x"}',
    "a list": b'["a.%d.x"]',
    "a text": b'"a.%d.x"',
    "a form": b"note=a.%d.x",
    "a form with its first name escaped": b"%%6eote=a.%d.x",
    "XML": b"<note>.%d.</note>",
    "a blank in front": b" a.%d.x",
    "a line end": b"a\n.%d.x",
    "a part of a form": b'--8fB\r\nContent-Disposition: form-data; name="a"\r\n\r\n.%d.x',
}


@rows("body", BETWEEN.values(), ids=BETWEEN)
def test_a_timestamp_in_the_body_makes_it_no_later_delivery(body: bytes) -> None:
    """Standard Webhooks 1.0.0, "Signature scheme": a dot in the id lets the borders be moved.

    The signed content is id.timestamp.body. So the genuine (msg_1, T, 'start.U.rest') has the signature of
    (msg_1.T.start, U, 'rest'), and would pass once more at U, with another id and another body. Whoever may
    put a text into somebody's deliveries chooses U. So an id with a dot is made of signs with which no body
    of a usual kind gets by.
    """
    later = TIMESTAMP + 30 * 86_400
    text = body % later
    assert accepted(signed("msg_1", TIMESTAMP, text), text).id == "msg_1"
    whole = content("msg_1", TIMESTAMP, text)
    start, _, rest = whole.partition(b".%d." % later)
    shifted = {**signed("msg_1", TIMESTAMP, text), "webhook-timestamp": str(later)}
    for msg_id in (start, start.decode()):
        assert rejected({**shifted, "webhook-id": msg_id}, rest, now=later) is Reason.UNREADABLE_HEADER


@pytest.mark.parametrize("start", ["", "a", "a.b", "v1:a/b"])
def test_a_body_of_the_signs_of_ids_alone_can_be_moved(start: str) -> None:
    """What is left: a verifier cannot know whether such an id is the sender's. No JSON and no form is so."""
    later = TIMESTAMP + 1
    begin = start and f"{start}."
    body = f"{begin}{later}.rest".encode()
    msg_id = f"msg_1.{TIMESTAMP}.{begin}".removesuffix(".")
    shifted = {**signed("msg_1", TIMESTAMP, body), "webhook-id": msg_id, "webhook-timestamp": str(later)}
    assert accepted(shifted, b"rest").id == msg_id
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
    """int() and float() skip line ends, signs and zeros in front: the text checked is not the text signed."""
    for text in (
        f"{TIMESTAMP}\n",
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
