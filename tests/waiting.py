"""Waiting for what happens elsewhere, for longer on a busy machine than on a quiet one."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["patience", "slowness", "wait_until"]

_CPU_SECONDS = 0.02
_SECONDS_TO_REMEMBER = 10.0

_measured: tuple[float, float] | None = None


def slowness() -> float:
    """Return the wall time that a second of CPU time takes at present: 1 on a quiet machine, more on others.

    It is measured at most every ten seconds, with a fiftieth of a second of work.
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
    """Return the time in seconds to wait for something that takes at most `seconds` on a quiet machine."""
    return seconds * slowness()


def wait_until(
    condition: Callable[[], object], *, seconds: float = 30.0, pause: float = 0.02, problem: str = ""
) -> None:
    """Return when `condition` is true.

    Args:
        condition: Called again and again; what it raises is not caught.
        seconds: How long it may take on a quiet machine.
        pause: The seconds between two calls.
        problem: The message of the AssertionError that is raised after that time.
    """
    until = time.monotonic() + patience(seconds)
    while not condition():
        assert time.monotonic() < until, problem or f"{condition} is still false"
        time.sleep(pause)
