"""Guarantees 3 and 4 of the verifier: header texts are signed unchanged, and time is in whole seconds.

The guarantees are quoted from the docstring of `webhook_verify.Verifier`.
"""

from __future__ import annotations

import hmac
import math
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.law_inputs import BODY, ID, KEY, NOW, SECRET, VERIFIER, bodies, headers, mac, outcome
from webhook_verify import Delivery, MalformedDelivery, Reason, TimestampOutsideTolerance, Verifier
from webhook_verify.schemes.base import CLOSED_ID_CHARS

# --- law 3 ----------------------------------------------------------------------------------------

printable_ascii = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=80)


@given(printable_ascii.map(str.strip).filter(bool), st.integers(NOW - 300, NOW + 300), bodies)
def test_law_3_the_header_text_is_signed_as_received(id: str, timestamp: int, body: bytes) -> None:
    """The signed content uses the header text without the blanks around it. See CLOSED_ID_CHARS for dots."""
    signature = mac(id, str(timestamp), body)
    signed = headers(id=id, timestamp=str(timestamp), signature=signature)
    if "." in id and not CLOSED_ID_CHARS.issuperset(id):
        assert_unreadable(signed)
        return

    delivery = VERIFIER.verify(body, signed)

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
    """An id is printable ASCII."""
    assert_unreadable(headers(id=id))


@pytest.mark.parametrize("timestamp", [NOW, 17, 999_999_999_999])
@given(st.data())
def test_law_3_a_timestamp_has_one_spelling(timestamp: int, data: st.DataObject) -> None:
    """A timestamp is [1-9][0-9]{0,11} in ASCII."""
    wide = Verifier(SECRET, tolerance=2.0**60, clock=lambda: NOW)
    odd = data.draw(
        st.sampled_from(
            [*" \t\n+-_.,0eE\0\x0b\xa0\u2003\u0660\u06f0\uff10\U0001d7ce\xb2", ".0", "\r\n", "_0"]
        )
    )
    last = len(str(timestamp))
    # Blanks around the value of a header do not belong to it.
    place = data.draw(st.integers(0, last) if odd not in (" ", "\t") else st.integers(1, last - 1))
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
