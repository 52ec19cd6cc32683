"""The rules for repeating a call, as a table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_verify.api._retry import MAX_RETRY_AFTER_SECONDS, Outcome, retry_after, retry_delay

STATUSES = {408: True, 423: True, 429: True, 500: True, 502: True, 503: True, 504: True, 599: True}
STATUSES |= dict.fromkeys([200, 204, 301, 307, 400, 401, 403, 404, 409, 413, 422, 501], False)


@pytest.mark.parametrize("status", STATUSES)
def test_which_statuses_are_worth_another_try(status: int) -> None:
    delay = retry_delay(1, Outcome(status), repeatable=True, jitter=0.0)
    assert (delay is not None) == STATUSES[status]


@pytest.mark.parametrize("status", [*STATUSES, None])
def test_what_must_not_be_done_twice_is_sent_again_only_after_429(status: int | None) -> None:
    delay = retry_delay(1, Outcome(status), repeatable=False, jitter=0.0)
    assert (delay is not None) == (status == 429)


@pytest.mark.parametrize("repeatable", [True, False])
def test_what_was_never_sent_is_sent_again(repeatable: bool) -> None:
    assert retry_delay(1, Outcome(None, was_sent=False), repeatable=repeatable, jitter=0.0) is not None


def test_a_broken_connection_is_got_over_if_the_call_may_be_repeated() -> None:
    assert retry_delay(1, Outcome(None), repeatable=True, jitter=0.0) is not None


@pytest.mark.parametrize(
    ("attempt", "jitter", "delay"),
    [(1, 0, 0.05), (1, 1, 0.1), (2, 1, 0.2), (3, 1, 0.4), (6, 1, 3.2), (7, 1, 5.0), (10**9, 1, 5.0)],
)
def test_waits_double_up_to_five_seconds(attempt: int, jitter: float, delay: float) -> None:
    assert retry_delay(attempt, Outcome(500), repeatable=True, jitter=jitter) == pytest.approx(delay)


@pytest.mark.parametrize(
    ("asked", "delay"), [(0.0, 0.1), (0.01, 0.1), (7.0, 7.0), (3600.0, MAX_RETRY_AFTER_SECONDS)]
)
def test_a_server_may_ask_for_more(asked: float, delay: float) -> None:
    outcome = Outcome(429, retry_after=asked)
    assert retry_delay(1, outcome, repeatable=True, jitter=1) == pytest.approx(delay)


NOON = "Sat, 21 Nov 2026 12:00:00 GMT"
NOON_UNIX = 1795262400.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": " 120 "}, 120.0),
        ({"retry-after": "9" * 400}, 999999999.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "1.5"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:30 GMT", "date": NOON}, 90.0),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:30 GMT", "date": "?"}, 90.0),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:30 GMT"}, 90.0),
        ({"retry-after": NOON}, None),
        ({"retry-after": "Sat, 21 Foo 2026 12:00:00 GMT"}, None),
        ({"retry-after": "Sat, 21 Nov 99999999999999 12:00:00 GMT"}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOON_UNIX) == seconds


@given(st.text(), st.text(), st.floats(0, 2**32))
def test_no_header_breaks_it(text: str, date: str, now: float) -> None:
    wait = retry_after({"retry-after": text, "date": date}, now)
    assert wait is None or wait >= 0
