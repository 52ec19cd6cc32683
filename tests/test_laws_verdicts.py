"""Guarantees 1, 2 and 8 of the verifier: one result per input, in a fixed order of checks, also for chunks.

The guarantees are quoted from the docstring of `webhook_verify.Verifier`. The results of single deliveries
are in the conformance table. These tests are for all deliveries.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import examples
from tests.law_inputs import (
    BODY,
    ID,
    KEY,
    NOW,
    OTHER_KEY,
    SECRET,
    VERIFIER,
    any_body,
    any_headers,
    count_macs,
    ed25519_entry,
    headers,
    in_chunks,
    mac,
    outcome,
)
from tests.rows import rows
from webhook_verify import (
    Delivery,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    SignatureMismatch,
    TimestampOutsideTolerance,
    Verifier,
)

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
