"""When a failed entry is due again, and when it is a dead letter."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from webhook_verify.inbox.failures import exceptions_of
from webhook_verify.tracebacks import safe_repr

__all__ = ["Backoff", "Poison", "Retry", "delay_after"]


class Retry(Exception):
    """Raised by a handler: the entry is due again after that time. The attempt counts.

    Args:
        after: The time until the next attempt, in seconds or as a timedelta. None: that of the `Backoff`.
        reason: The reason, for the log and the stored error. It must not contain the body or a secret.

    Attributes:
        after: The time until the next attempt in seconds, or None.

    Raises:
        TypeError: If `after` is neither a timedelta, nor a number, nor None.
        ValueError: If `after` is negative or not finite.
    """

    def __init__(self, after: float | timedelta | None = None, reason: str = "") -> None:
        super().__init__(reason)
        self.after: float | None = None if after is None else _seconds(after, "after", minimum=0.0)


class Poison(Exception):
    """Raised by a handler: the entry is a dead letter at once, because no retry can succeed.

    Args:
        reason: The reason, for the stored error. It must not contain the body or a secret.
    """

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)


@safe_repr
@dataclass(frozen=True, slots=True)
class Backoff:
    """The delays between the attempts of a handler, and their number.

    The delay before attempt n + 1 is `first * factor ** (n - 1)`, at most `max_delay`, and shorter at random
    by up to the fraction `jitter`, so that entries that failed together are not retried together.

    Args:
        first: The delay after the first attempt, in seconds.
        factor: The factor between two delays.
        max_delay: The longest delay in seconds.
        jitter: The fraction of a delay that is random, from 0 to 1.
        max_attempts: The number of attempts. After the last one the entry is a dead letter.

    Raises:
        TypeError: If a value is not a number, or `max_attempts` is not an int.
        ValueError: If a value is not finite or outside its range.
    """

    first: float = 5.0
    factor: float = 2.0
    max_delay: float = 3600.0
    jitter: float = 0.2
    max_attempts: int = 8

    def __post_init__(self) -> None:
        for name, minimum in (("first", 0.0), ("factor", 1.0), ("max_delay", self.first), ("jitter", 0.0)):
            _seconds(getattr(self, name), name, minimum=minimum, is_duration=False)
        if self.jitter > 1:
            raise ValueError(f"jitter must be from 0 to 1, not {self.jitter!r}")
        attempts = cast("object", self.max_attempts)
        if isinstance(attempts, bool) or not isinstance(attempts, int):
            raise TypeError(f"max_attempts must be an int, not {type(attempts).__name__!r}")
        if attempts < 1:
            raise ValueError(f"max_attempts must be at least 1, not {attempts!r}")

    def delay(self, attempt: int, random: float = 0.0) -> float:
        """Return the delay after an attempt.

        Args:
            attempt: The number of the attempt that failed, from 1.
            random: A random number from 0 to 1. 0 is the longest delay.

        Returns:
            The delay in seconds.
        """
        try:
            delay = min(self.first * float(self.factor) ** (attempt - 1), self.max_delay)
        except OverflowError:
            delay = self.max_delay if self.first else 0.0
        return delay * (1.0 - self.jitter * random)


def delay_after(error: BaseException, attempts: int, backoff: Backoff, random: float) -> float | None:
    """Decide about a failed attempt.

    The exceptions of a group count as one failure: it is retried unless all of them are `Poison`, after the
    longest time that a `Retry` names.

    Args:
        error: The exception of the handler.
        attempts: The number of attempts, this one included.
        backoff: The delays of the handler.
        random: A random number from 0 to 1.

    Returns:
        The seconds until the next attempt, or None for a dead letter.
    """
    errors = list(_leaves(error))
    if attempts >= backoff.max_attempts or all(isinstance(each, Poison) for each in errors):
        return None
    times = [each.after for each in errors if isinstance(each, Retry) and each.after is not None]
    return max(times) if times else backoff.delay(attempts, random)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    exceptions = exceptions_of(error)
    for each in exceptions:
        yield from _leaves(each)
    if not exceptions:
        yield error


def _seconds(value: object, name: str, *, minimum: float, is_duration: bool = True) -> float:
    if is_duration and isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, int | float):
        kinds = "a timedelta or a number of seconds" if is_duration else "a number"
        raise TypeError(f"{name} must be {kinds}, not {type(value).__name__!r}")
    if not (math.isfinite(value) and value >= minimum):
        raise ValueError(f"{name} must be finite and at least {minimum:g}, not {value!r}")
    return float(value)
