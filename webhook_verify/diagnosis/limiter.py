"""A limit on the diagnoses of a process: one at a time, and so many seconds on the CPU per minute.

An attacker chooses how many rejected deliveries arrive. Without a limit, each of them costs a diagnosis,
and the process has no time left for genuine ones. Deliveries over the limit are counted, and the count is
logged once per minute.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Lock

__all__ = ["MAX_CPU_SECONDS_PER_MINUTE", "DiagnosisLimiter"]

MAX_CPU_SECONDS_PER_MINUTE = 6.0
"""CPU seconds that a process spends on diagnoses in any 60 seconds: a tenth of a core."""

_PERIOD_SECONDS = 60.0  # How long a diagnosis counts, and the time between two reports.
_MAX_DIAGNOSIS_CPU_SECONDS = 0.5  # Reserved for a diagnosis before its true cost is known.

BUSY, SPENT = "busy", "spent"


class DiagnosisLimiter:
    """Decides whether a rejected delivery is explained. Its methods never wait for another diagnosis.

    Args:
        clock: Returns monotonic seconds.
        cpu_clock: Returns the CPU seconds of the current thread.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        cpu_clock: Callable[[], float] = time.thread_time,
    ) -> None:
        self._clock = clock
        self._cpu_clock = cpu_clock
        self._running = Lock()
        # Both are used only while `_running` is held.
        self._costs: deque[tuple[float, float]] = deque()  # (end, CPU seconds) of each diagnosis
        self._total = 0.0  # CPU seconds
        self._counting = Lock()
        self._skipped = {BUSY: 0, SPENT: 0}
        self._reported: float | None = None

    @contextmanager
    def turn(self) -> Generator[bool]:
        """Enter a diagnosis, if the limit permits one now.

        Yields:
            Whether the diagnosis may run.
        """
        if not self._running.acquire(blocking=False):
            self._skip(BUSY)
            yield False
            return
        try:
            if self._has_budget():
                started = self._cpu_clock()
                try:
                    yield True
                finally:
                    self._spend(self._cpu_clock() - started)
                return
        finally:
            self._running.release()
        self._skip(SPENT)
        yield False

    def report(self) -> str:
        """Report the number of deliveries without a diagnosis.

        A report is due for the first of them, and then once per minute for all since the last report.

        Returns:
            A sentence for the log, or "" if no report is due.
        """
        with self._counting:
            now, count = self._clock(), sum(self._skipped.values())
            if not count or (self._reported is not None and now - self._reported < _PERIOD_SECONDS):
                return ""
            text = _sentence(self._skipped)
            self._skipped = {BUSY: 0, SPENT: 0}
            self._reported = now
            return text

    def _has_budget(self) -> bool:
        oldest = self._clock() - _PERIOD_SECONDS
        while self._costs and self._costs[0][0] <= oldest:
            self._total -= self._costs.popleft()[1]
        if not self._costs:
            self._total = 0.0  # without the rounding errors
        return self._total + _MAX_DIAGNOSIS_CPU_SECONDS <= MAX_CPU_SECONDS_PER_MINUTE

    def _spend(self, seconds: float) -> None:
        self._costs.append((self._clock(), seconds))
        self._total += seconds

    def _skip(self, reason: str) -> None:
        with self._counting:
            self._skipped[reason] += 1


def _sentence(skipped: dict[str, int]) -> str:
    reasons = {
        BUSY: "another diagnosis was running",
        SPENT: f"diagnoses may use {MAX_CPU_SECONDS_PER_MINUTE:g} s of CPU per minute",
    }
    parts = [f"{skipped[reason]} because {words}" for reason, words in reasons.items() if skipped[reason]]
    return f"rejected deliveries without a diagnosis since the last report: {', '.join(parts)}"
