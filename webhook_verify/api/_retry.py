"""Retry policy: a pure function from an attempt and its outcome to a delay.

An idempotent call, that is, one with an idempotent method (RFC 9110 section 9.2.2) or an idempotency key, is
retried after a connection failure, 408, 423, 429 and 5xx except 501. PATCH is an idempotent method if the
provider's patches set absolute values. Any other call is retried only if the server cannot have acted on it:
the request was not sent, or the status is 429.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import mktime_tz, parsedate_tz
from typing import NamedTuple

__all__ = ["MAX_RETRY_AFTER_SECONDS", "Outcome", "retry_after", "retry_delay"]

MAX_RETRY_AFTER_SECONDS = 60.0
"""Upper limit of a Retry-After, in seconds."""

_FIRST_DELAY = 0.1
_MAX_BACKOFF_SECONDS = 5.0
_NOT_NOW = frozenset({408, 423})
_NEVER = 501
_REFUSED = 429


class Outcome(NamedTuple):
    """The outcome of an attempt."""

    status: int | None
    """Status code of the response; None without a response."""
    was_sent: bool = True
    """Whether the server may have received the request."""
    retry_after: float | None = None
    """Requested delay in seconds; None without a request."""

    @property
    def may_have_acted(self) -> bool:
        """Whether the server may have performed the call although it did not confirm it."""
        return self.was_sent and self.status != _REFUSED


def retry_delay(attempt: int, outcome: Outcome, *, repeatable: bool, jitter: float) -> float | None:
    """Return the delay before the next attempt.

    Args:
        attempt: Number of attempts so far, at least 1.
        outcome: Outcome of the last attempt.
        repeatable: Whether the call is idempotent.
        jitter: Random number from 0 to 1, which spreads the delays of many clients between half of the
            backoff and the full backoff.

    Returns:
        The delay in seconds, not shorter than the server's Retry-After up to `MAX_RETRY_AFTER_SECONDS`.
        None: no further attempt.
    """
    if not _worth_retrying(outcome, repeatable):
        return None
    backoff: float = min(_FIRST_DELAY * 2 ** min(attempt - 1, 30), _MAX_BACKOFF_SECONDS)
    wait = backoff * (0.5 + jitter / 2)
    return max(wait, min(outcome.retry_after or 0.0, MAX_RETRY_AFTER_SECONDS))


def _worth_retrying(outcome: Outcome, repeatable: bool) -> bool:
    status = outcome.status
    if not outcome.may_have_acted:
        return True
    if status is None:
        return repeatable
    return repeatable and (status in _NOT_NOW or (status >= 500 and status != _NEVER))


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the delay that a Retry-After header requests (RFC 9110 section 10.2.3).

    Args:
        headers: Headers of the response. A date in Retry-After is compared with the response's Date, so that
            the clock of this machine does not matter.
        now: Time to compare with if the response has no Date, in Unix seconds.

    Returns:
        The delay in seconds; None if the header is missing, invalid or in the past.
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
