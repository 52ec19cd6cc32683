"""A clock that a test sets and moves: :class:`Clock`."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from webhook_verify.tracebacks import safe_repr

__all__ = ["Clock"]


@safe_repr
class Clock:
    """Give it as ``clock=`` to a :class:`Verifier` or :class:`Signer`; calling it gives Unix seconds.

    It runs with the machine's clock until it is set, and then stands still. Moving works for both.
    """

    def __init__(self) -> None:
        self._set: float | None = None
        self._moved = 0.0

    def __call__(self) -> float:
        """What it shows, in Unix seconds."""
        return (time.time() if self._set is None else self._set) + self._moved

    @property
    def now(self) -> datetime:
        """What it shows, as an aware datetime in UTC."""
        return datetime.fromtimestamp(self(), UTC)

    def set(self, when: float | datetime) -> None:
        """Stand still at ``when``: Unix seconds, or an aware datetime. Raises ValueError for a naive one."""
        if isinstance(when, datetime):
            if when.utcoffset() is None:
                raise ValueError("the time has no zone: use an aware datetime or Unix seconds")
            when = when.timestamp()
        self._set, self._moved = float(when), 0.0

    def move(self, by: float | timedelta) -> None:
        """Go on by so many seconds, or back if it is negative."""
        self._moved += by.total_seconds() if isinstance(by, timedelta) else by

    def __repr__(self) -> str:
        return f"Clock({self.now.isoformat()})"
