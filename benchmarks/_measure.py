"""The method: interleaved rounds, and the medians of their figures.

A machine is never idle. So the contenders take turns within a round, each for a few milliseconds, and other
load affects all of them equally. A reported ratio is the median of the ratios within each round, and a
duration is the median of the rounds. The garbage collector is off during a measurement.
"""

from __future__ import annotations

import gc
import operator
import statistics
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from time import perf_counter_ns
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Call = Callable[[], object]


@dataclass(frozen=True)
class Target:
    """A measurement: its name, its figure, and the limit to reach."""

    name: str
    figure: float
    relation: str
    limit: float
    unit: str = ""

    @property
    def reached(self) -> bool:
        """Whether the figure reaches its limit."""
        return bool(_RELATIONS[self.relation](self.figure, self.limit))

    @property
    def mark(self) -> str:
        """The result, in color if the terminal supports it."""
        return "[green]reached[/]" if self.reached else "[red]MISSED[/]"


_RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Series:
    """The figure of each round, by contender."""

    rounds: Mapping[str, list[float]]

    def median(self, name: str) -> float:
        """Return the median of the rounds."""
        return statistics.median(self.rounds[name])

    def ratio(self, name: str, other: str) -> float:
        """Return the median of ``name / other`` within each round."""
        return statistics.median(one / two for one, two in self._pairs(name, other))

    def difference(self, name: str, other: str) -> float:
        """Return the median of ``name - other`` within each round."""
        return statistics.median(one - two for one, two in self._pairs(name, other))

    def _pairs(self, name: str, other: str) -> zip[tuple[float, float]]:
        return zip(self.rounds[name], self.rounds[other], strict=True)


def interleaved(contenders: Mapping[str, Call], *, rounds: int, slice_ms: float = 3) -> Series:
    """Measure the nanoseconds per call, in rounds that call each contender for about ``slice_ms``."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    with _no_gc():
        counts = {name: _calls_in(slice_ms * 1e6, call) for name, call in contenders.items()}
        for _ in range(rounds):
            for name, call in contenders.items():
                taken[name].append(_nanoseconds(call, counts[name]) / counts[name])
    return Series(taken)


def _calls_in(nanoseconds: float, call: Call) -> int:
    """Return the number of calls that fit into a slice. Also warms up the caches and the interpreter."""
    count = 1
    while (taken := _nanoseconds(call, count)) < nanoseconds / 4:
        count *= 2
    return max(1, round(count * nanoseconds / taken))


def _nanoseconds(call: Call, count: int) -> int:
    start = perf_counter_ns()
    for _ in repeat(None, count):
        call()
    return perf_counter_ns() - start


@contextmanager
def _no_gc() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
