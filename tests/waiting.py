"""Waiting for other threads and processes, with more time on a busy machine."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["patience", "slowness", "wait_until"]

_CPU_SECONDS = 0.02
_SECONDS_TO_REMEMBER = 10.0

_measured: tuple[float, float] | None = None


def slowness() -> float:
    """Return the current wall time for a second of CPU time: 1 on an idle machine, more on a busy one.

    It is measured at most every ten seconds, with 20 ms of work.
    """
    global _measured
    now = time.monotonic()
    if _measured is None or now - _measured[0] > _SECONDS_TO_REMEMBER:
        cpu = time.thread_time()
        while time.thread_time() - cpu < _CPU_SECONDS:
            pass
        wall = time.monotonic() - now
        _measured = time.monotonic(), max(1.0, wall / _CPU_SECONDS)
    return _measured[1]


def patience(seconds: float) -> float:
    """Return the seconds to wait for an event that takes at most `seconds` on an idle machine."""
    return seconds * slowness()


def wait_until(
    condition: Callable[[], object], *, seconds: float = 30.0, pause: float = 0.02, problem: str = ""
) -> None:
    """Return when `condition` is true.

    Args:
        condition: Called repeatedly. Its exceptions are not caught.
        seconds: The maximum time on an idle machine.
        pause: The seconds between two calls.
        problem: The message of the AssertionError after that time.
    """
    until = time.monotonic() + patience(seconds)
    while not condition():
        assert time.monotonic() < until, problem or f"{condition} is still false"
        time.sleep(pause)
