"""A clock that a test controls."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from webhook_verify.tracebacks import safe_repr

__all__ = ["Clock"]


@safe_repr
class Clock:
    """A clock that a test controls, for the `clock=` argument of a `Verifier` or `Signer`.

    It follows the system clock until it is set, and then stops. Call it for the Unix seconds.
    """

    def __init__(self) -> None:
        self._set: float | None = None
        self._moved = 0.0

    def __call__(self) -> float:
        """Return the current time in Unix seconds."""
        return (time.time() if self._set is None else self._set) + self._moved

    @property
    def now(self) -> datetime:
        """The current time as an aware datetime in UTC."""
        return datetime.fromtimestamp(self(), UTC)

    def set(self, when: float | datetime) -> None:
        """Stop the clock at a time.

        Args:
            when: Unix seconds or an aware datetime.

        Raises:
            ValueError: If `when` is a naive datetime.
        """
        if isinstance(when, datetime):
            if when.utcoffset() is None:
                raise ValueError("when must be an aware datetime or Unix seconds, not a naive datetime")
            when = when.timestamp()
        self._set, self._moved = float(when), 0.0

    def move(self, by: float | timedelta) -> None:
        """Move the clock forward, or back if the duration is negative.

        Args:
            by: Duration, a timedelta or seconds.
        """
        self._moved += by.total_seconds() if isinstance(by, timedelta) else by

    def __repr__(self) -> str:
        return f"Clock({self.now.isoformat()})"
