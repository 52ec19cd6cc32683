"""When a call is sent again: a pure function from an attempt and its outcome to a delay, or to None.

What may be sent again without doing anything twice: a call whose method is idempotent (RFC 9110
section 9.2.2), and a POST that carries an idempotency key, are sent again after a connection that broke,
408, 423, 429 and 5xx. Any other call only where the server cannot have acted on it: nothing was sent,
or the answer was 429. 501 is never worth another try.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import mktime_tz, parsedate_tz
from typing import NamedTuple

__all__ = ["MAX_RETRY_AFTER_SECONDS", "Outcome", "retry_after", "retry_delay"]

MAX_RETRY_AFTER_SECONDS = 60.0
"""Seconds: a longer Retry-After is shortened to this."""

_FIRST_DELAY = 0.1
_MAX_BACKOFF_SECONDS = 5.0
_NOT_NOW = frozenset({408, 423, 429})
_NEVER = 501


class Outcome(NamedTuple):
    """What came of one attempt. ``status`` is None where no answer came.

    ``was_sent``: whether the server may have seen the request. ``retry_after``: how long it asks to
    wait, in seconds, None if it does not.
    """

    status: int | None
    was_sent: bool = True
    retry_after: float | None = None


def retry_delay(attempt: int, outcome: Outcome, *, repeatable: bool, jitter: float) -> float | None:
    """Seconds to wait after the ``attempt``-th attempt (from 1) until the next; None: leave it at that.

    ``repeatable``: whether sending the call twice does it once. ``jitter`` (0 to 1) spreads the waits
    of many clients: a wait is between half of the backoff and all of it, and never shorter than what
    the server asks for, up to :data:`MAX_RETRY_AFTER_SECONDS`.
    """
    if not _worth_retrying(outcome, repeatable):
        return None
    backoff: float = min(_FIRST_DELAY * 2 ** min(attempt - 1, 30), _MAX_BACKOFF_SECONDS)
    wait = backoff * (0.5 + jitter / 2)
    return max(wait, min(outcome.retry_after or 0.0, MAX_RETRY_AFTER_SECONDS))


def _worth_retrying(outcome: Outcome, repeatable: bool) -> bool:
    status = outcome.status
    if not outcome.was_sent or status == 429:
        return True
    if status is None:
        return repeatable
    return repeatable and (status in _NOT_NOW or (status >= 500 and status != _NEVER))


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """How many seconds Retry-After asks to wait; None if it is absent, unreadable or in the past.

    It may be seconds or an HTTP date (RFC 9110 section 10.2.3). A date is compared with the answer's own
    Date, so that this machine's clock does not matter; without one with ``now`` (Unix seconds).
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    until = _unix(text)
    if until is None:
        return None
    served = _unix(headers.get("date", ""))
    wait = until - (now if served is None else served)
    return wait if wait > 0 else None


def _unix(date: str) -> float | None:
    parts = parsedate_tz(date)
    try:
        return None if parts is None else float(mktime_tz(parts))
    except (ValueError, OverflowError):
        return None
