"""The delays of retries, and the decision between a retry and a dead letter."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rows import rows
from webhook_verify.inbox import Backoff, Poison, Retry
from webhook_verify.inbox.retries import delay_after


@rows(
    "attempt, delay",
    [
        (1, 5.0),
        (2, 10.0),
        (3, 20.0),
        (10, 2560.0),
        (11, 3600.0),
        (12, 3600.0),
        (5000, 3600.0),
        (10**9, 3600.0),
    ],
)
def test_the_longest_delay_after_an_attempt(attempt: int, delay: float) -> None:
    assert Backoff(first=5, factor=2, max_delay=3600, jitter=0.2).delay(attempt, 0.0) == delay


@given(
    first=st.floats(0, 1e6),
    factor=st.floats(1, 1e3),
    more=st.floats(0, 1e6),
    jitter=st.floats(0, 1),
    attempt=st.integers(1, 10**6),
    random=st.floats(0, 1),
)
def test_a_delay_is_within_its_jitter_and_never_shrinks(
    first: float, factor: float, more: float, jitter: float, attempt: int, random: float
) -> None:
    backoff = Backoff(first=first, factor=factor, max_delay=first + more, jitter=jitter)
    longest = backoff.delay(attempt, 0.0)
    assert first <= longest <= first + more
    assert longest * (1 - jitter) <= backoff.delay(attempt, random) * (1 + 1e-9) + 1e-9
    assert backoff.delay(attempt, random) <= longest
    assert backoff.delay(attempt + 1, 0.0) >= longest


@rows(
    "options, error",
    [
        ({"first": -1}, ValueError),
        ({"first": math.nan}, ValueError),
        ({"first": "5"}, TypeError),
        ({"first": 10, "max_delay": 5}, ValueError),
        ({"factor": 0.5}, ValueError),
        ({"factor": math.inf}, ValueError),
        ({"jitter": 1.5}, ValueError),
        ({"jitter": -0.1}, ValueError),
        ({"max_attempts": 0}, ValueError),
        ({"max_attempts": 2.0}, TypeError),
        ({"max_attempts": True}, TypeError),
    ],
)
def test_an_invalid_backoff_is_refused(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(reversed(options))):
        Backoff(**options)


@rows(
    "after, error",
    [(-1, ValueError), (math.inf, ValueError), (math.nan, ValueError), ("5", TypeError), (True, TypeError)],
)
def test_an_invalid_time_of_a_retry_is_refused(after: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="after"):
        Retry(after=after)


BACKOFF = Backoff(first=10, jitter=0, max_attempts=3)


@rows(
    "error, attempts, delay",
    [
        (ValueError(), 1, 10.0),
        (ValueError(), 2, 20.0),
        (ValueError(), 3, None),
        (SystemExit(), 1, 10.0),
        (Retry(after=3), 1, 3.0),
        (Retry(after=timedelta(minutes=1)), 2, 60.0),
        (Retry(after=0), 1, 0.0),
        (Retry(), 1, 10.0),
        (Retry(after=3), 3, None),
        (Poison(), 1, None),
        # A router of events raises its handlers' exceptions as a group.
        (ExceptionGroup("", [Poison()]), 1, None),
        (ExceptionGroup("", [Poison(), ValueError()]), 1, 10.0),
        (ExceptionGroup("", [Retry(after=3), ExceptionGroup("", [Retry(after=4)]), Poison()]), 1, 4.0),
    ],
)
def test_the_decision_about_a_failed_attempt(
    error: BaseException, attempts: int, delay: float | None
) -> None:
    assert delay_after(error, attempts, BACKOFF, 0.0) == delay
