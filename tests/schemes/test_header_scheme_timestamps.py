"""`HeaderScheme`: the units of the timestamp, in a header or in the body."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rows import rows
from tests.schemes.own_scheme import BODY, LIST, NOW, SECRET, WRONG, mac, own, refused, verify
from webhook_verify import MalformedDelivery, Reason, Signer, TimestampOutsideTolerance
from webhook_verify.schemes.timestamps import UNITS, unit_named

TIMES: dict[str, tuple[Any, str, int]] = {
    "s": ("s", "1790000000", 1_790_000_000),
    "s, the least": ("s", "1", 1),
    "s, the most": ("s", "999999999999", 999_999_999_999),
    "s, too many digits": ("s", "1000000000000", 0),
    "s, nought": ("s", "0", 0),
    "s, a nought in front": ("s", "01", 0),
    "s, a sign": ("s", "+1", 0),
    "s, minus": ("s", "-1", 0),
    "s, a fraction": ("s", "1.0", 0),
    "s, a blank": ("s", " 1", 0),
    "s, a line's end": ("s", "1\n", 0),
    "s, an underscore": ("s", "1_0", 0),
    "s, other digits": ("s", "\u0661", 0),
    "s, an exponent": ("s", "1e9", 0),
    "s, nothing": ("s", "", 0),
    "ms": ("ms", "1790000000999", 1_790_000_000),
    "ms, the first second": ("ms", "999", 0),
    "ms, the least": ("ms", "1000", 1),
    "ms, the most": ("ms", "999999999999999", 999_999_999_999),
    "ms, too many digits": ("ms", "1000000000000000", 0),
    "ms, a fraction": ("ms", "1790000000999.5", 0),
    "either, in seconds": (("s", "ms"), "1790000000", 1_790_000_000),
    "either, in milliseconds": (("s", "ms"), "1790000000999", 1_790_000_000),
    "either, the most": (("s", "ms"), "999999999999999", 999_999_999_999),
    "either, too many digits": (("s", "ms"), "1000000000000000", 0),
    "either, a nought in front": (("s", "ms"), "0790000000999", 0),
    "rfc3339": ("rfc3339", "2026-09-21T14:13:20Z", 1_790_000_000),
    "rfc3339, a fraction": ("rfc3339", "2026-09-21T14:13:20.9Z", 1_790_000_000),
    "rfc3339, nine digits": ("rfc3339", "2026-09-21T14:13:20.999999999Z", 1_790_000_000),
    "rfc3339, ten digits": ("rfc3339", "2026-09-21T14:13:20.9999999999Z", 0),
    "rfc3339, no digits": ("rfc3339", "2026-09-21T14:13:20.Z", 0),
    "rfc3339, a zone": ("rfc3339", "2026-09-21T16:13:20+02:00", 1_790_000_000),
    "rfc3339, a zone in the west": ("rfc3339", "2026-09-21T09:43:20-04:30", 1_790_000_000),
    "rfc3339, an unknown zone": ("rfc3339", "2026-09-21T14:13:20-00:00", 1_790_000_000),
    "rfc3339, no zone": ("rfc3339", "2026-09-21T14:13:20", 0),
    "rfc3339, a zone of a day": ("rfc3339", "2026-09-21T14:13:20+24:00", 0),
    "rfc3339, a zone of 60 minutes": ("rfc3339", "2026-09-21T14:13:20+00:60", 0),
    "rfc3339, a zone without colon": ("rfc3339", "2026-09-21T16:13:20+0200", 0),
    "rfc3339, the hour 24": ("rfc3339", "2026-09-21T24:00:00Z", 0),
    "rfc3339, small letters": ("rfc3339", "2026-09-21t14:13:20z", 0),
    "rfc3339, a blank": ("rfc3339", "2026-09-21 14:13:20Z", 0),
    "rfc3339, a week": ("rfc3339", "2026-W39-1T14:13:20Z", 0),
    "rfc3339, no day": ("rfc3339", "2026-02-30T14:13:20Z", 0),
    "rfc3339, other digits": ("rfc3339", "2026-09-21T14:13:2\u0660Z", 0),
    "rfc3339, before 1970": ("rfc3339", "1969-12-31T23:59:59Z", 0),
    "rfc3339, the year 1": ("rfc3339", "0001-01-01T00:00:00+23:59", 0),
    "rfc3339, a letter behind": ("rfc3339", "2026-09-21T14:13:20Zx", 0),
    "rfc3339, nothing": ("rfc3339", "", 0),
    "http-date": ("http-date", "Mon, 21 Sep 2026 14:13:20 GMT", 1_790_000_000),
    "http-date, a leap day": ("http-date", "Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
    "http-date, another weekday": ("http-date", "Tue, 21 Sep 2026 14:13:20 GMT", 0),
    "http-date, no weekday": ("http-date", "21 Sep 2026 14:13:20 GMT", 0),
    "http-date, no day": ("http-date", "Mon, 31 Sep 2026 14:13:20 GMT", 0),
    "http-date, one digit": ("http-date", "Mon, 1 Sep 2026 14:13:20 GMT", 0),
    "http-date, small letters": ("http-date", "mon, 21 sep 2026 14:13:20 gmt", 0),
    "http-date, another month": ("http-date", "Mon, 21 Set 2026 14:13:20 GMT", 0),
    "http-date, another zone": ("http-date", "Mon, 21 Sep 2026 14:13:20 UTC", 0),
    "http-date, an offset": ("http-date", "Mon, 21 Sep 2026 14:13:20 +0000", 0),
    "http-date, a second of 60": ("http-date", "Mon, 21 Sep 2026 14:13:60 GMT", 0),
    "http-date, the hour 24": ("http-date", "Mon, 21 Sep 2026 24:00:00 GMT", 0),
    "http-date, before 1970": ("http-date", "Wed, 31 Dec 1969 23:59:59 GMT", 0),
    "http-date, the year 0": ("http-date", "Sat, 01 Jan 0000 00:00:00 GMT", 0),
    "http-date, of RFC 850": ("http-date", "Monday, 21-Sep-26 14:13:20 GMT", 0),
    "http-date, of asctime": ("http-date", "Mon Sep 21 14:13:20 2026", 0),
    "http-date, other digits": ("http-date", "Mon, 21 Sep 2026 14:13:2\u0660 GMT", 0),
    "http-date, a blank behind": ("http-date", "Mon, 21 Sep 2026 14:13:20 GMT ", 0),
    "http-date, nothing": ("http-date", "", 0),
}


@rows(("unit", "text", "seconds"), TIMES.values(), ids=TIMES)
def test_the_grammar_of_timestamps(unit: Any, text: str, seconds: int) -> None:
    assert unit_named(unit)[0](text) == seconds


@given(st.integers(1, 253_402_300_799), st.sampled_from(list(UNITS)))
def test_a_unit_reads_what_it_writes(seconds: int, unit: str) -> None:
    read, write, _ = UNITS[unit]
    assert read(write(seconds)) == seconds


@given(st.text(max_size=40), st.sampled_from(list(UNITS)))
def test_a_unit_raises_nothing(text: str, unit: str) -> None:
    assert UNITS[unit][0](text) >= 0


@pytest.mark.parametrize("unit", UNITS)
def test_a_timestamp_in_a_header_is_signed_as_it_was_received(unit: str) -> None:
    row = own(signed_content="{timestamp}.{body}", timestamp_header="X-Time", timestamp_unit=unit)
    text = UNITS[unit][1](NOW)
    signed = {"x-signature": mac(text.encode() + b"." + BODY).hex(), "x-time": text}
    assert verify(row, signed).timestamp.timestamp() == NOW
    assert Signer(SECRET, scheme=row).sign(BODY, timestamp=NOW) == signed


def test_a_timestamp_that_is_not_signed_is_sent_and_not_read() -> None:
    row = own(timestamp_header="x-time")
    signed = Signer(SECRET, scheme=row).sign(BODY, timestamp=NOW)
    assert signed["x-time"] == str(NOW)
    for stamp in ("1", "garbage", "", None, ["a", "b"]):
        delivery = verify(row, {**signed, "x-time": stamp})
        assert (delivery.timestamp_is_signed, delivery.timestamp.timestamp()) == (False, NOW)


NO_TIMES: list[Any] = [None, "now", True, 1.5, [], {}, -1, 10**400]
STAMPED = {"timestamp_in_body": "meta.at", "timestamp_unit": "ms"}


@pytest.mark.parametrize(
    ("at", "error", "reason"),
    [
        (1000 * NOW, None, None),
        (str(1000 * NOW), None, None),
        (1000 * (NOW - 300), None, None),
        (1000 * (NOW - 301), TimestampOutsideTolerance, Reason.TOO_OLD),
        (1000 * (NOW + 301), TimestampOutsideTolerance, Reason.TOO_NEW),
        (999_999_999_999_999, TimestampOutsideTolerance, Reason.TOO_NEW),
        *((odd, MalformedDelivery, Reason.UNREADABLE_BODY) for odd in NO_TIMES),
    ],
)
def test_a_timestamp_in_the_body(at: Any, error: Any, reason: Any) -> None:
    """It is looked at when the signature is right, and no earlier."""
    body = json.dumps({"meta": {"at": at}}).encode()
    headers = {"x-signature": mac(body).hex()}
    row = own(**STAMPED)
    if error is None:
        assert verify(row, headers, body).timestamp.timestamp() == int(at) // 1000
    else:
        caught = refused(row, headers, body)
        assert (type(caught), caught.reason) == (error, reason)
        assert refused(row, {"x-signature": WRONG}, body).reason is Reason.SIGNATURE_MISMATCH


def test_only_old_ones_are_refused_where_the_provider_does_so() -> None:
    for row in (
        own(**LIST, accept_future_timestamps=True),
        own(timestamp_in_body="t", accept_future_timestamps=True),
    ):
        sign = Signer(SECRET, scheme=row).sign
        for skew in (0, 300, -300, -301, -(10**9)):
            body = b'{"t": %d}' % (NOW - skew)
            assert verify(row, sign(body, timestamp=NOW - skew), body)
        old = b'{"t": %d}' % (NOW - 301)
        assert refused(row, sign(old, timestamp=NOW - 301), old).reason is Reason.TOO_OLD
