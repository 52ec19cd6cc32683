"""The method: interleaved rounds, and medians over them.

A machine is never quiet. So the contenders take turns within a round, each for a few milliseconds:
what slows the machine down hits all of them alike. A ratio is taken within each round, and the
median of these ratios is what is reported; a duration is the median over the rounds. The garbage
collector is off while the clock runs.
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
class Bar:
    """One bar: what was measured, the figure, and the limit that it is held to."""

    name: str
    figure: float
    relation: str
    limit: float
    unit: str = ""

    @property
    def reached(self) -> bool:
        """Whether the figure is on the right side of its limit."""
        return bool(_RELATIONS[self.relation](self.figure, self.limit))

    @property
    def mark(self) -> str:
        """The verdict, in colour where there is colour."""
        return "[green]reached[/]" if self.reached else "[red]MISSED[/]"


_RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Series:
    """One figure for each round, under the name of each contender."""

    rounds: Mapping[str, list[float]]

    def median(self, name: str) -> float:
        """The median over the rounds."""
        return statistics.median(self.rounds[name])

    def ratio(self, name: str, other: str) -> float:
        """The median over the rounds of ``name / other``, each taken within one round."""
        return statistics.median(one / two for one, two in self._pairs(name, other))

    def difference(self, name: str, other: str) -> float:
        """The median over the rounds of ``name - other``, each taken within one round."""
        return statistics.median(one - two for one, two in self._pairs(name, other))

    def _pairs(self, name: str, other: str) -> zip[tuple[float, float]]:
        return zip(self.rounds[name], self.rounds[other], strict=True)


def interleaved(contenders: Mapping[str, Call], *, rounds: int, slice_ms: float = 3) -> Series:
    """Nanoseconds a call of each contender, ``rounds`` times, each time for about ``slice_ms``."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    with _no_gc():
        counts = {name: _calls_in(slice_ms * 1e6, call) for name, call in contenders.items()}
        for _ in range(rounds):
            for name, call in contenders.items():
                taken[name].append(_nanoseconds(call, counts[name]) / counts[name])
    return Series(taken)


def _calls_in(nanoseconds: float, call: Call) -> int:
    """How many calls fit into a slice. Finding out also warms the caches and the interpreter up."""
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
