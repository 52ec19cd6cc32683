"""A delivery that is changed from valid to hostile, and the rows of the tables of changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate
from random import Random
from typing import Any

from tests.fuzz.genuine import Genuine


class Effect(IntEnum):
    """The effect of a change on the result for a valid delivery."""

    HARMLESS = 0  # it must still be accepted
    EITHER = 1  # accepted or rejected, but never accepted for unsigned content
    FORGED = 2  # it must be rejected


class Draft:
    """Headers as [name, value] pairs of any types, and a body."""

    __slots__ = ("body", "genuine", "pairs", "rng")

    def __init__(self, genuine: Genuine, rng: Random) -> None:
        self.genuine = genuine
        self.rng = rng
        self.body: Any = genuine.body
        self.pairs: list[list[Any]] = trio(genuine, genuine.brand)

    def of(self, role: str) -> list[list[Any]]:
        """Return the pairs of a role (id, timestamp, signature) with a text value, of either brand."""
        texts = (
            pair for pair in self.pairs if len(pair) == 2 and all(isinstance(part, str) for part in pair)
        )
        return [pair for pair in texts if pair[0] in _NAMES[role]]

    def set(self, role: str, value: object) -> None:
        """Set all headers of a role to this value."""
        for pair in self.of(role):
            pair[1] = value

    def pick(self) -> list[Any]:
        """Return a random pair."""
        return self.rng.choice(self.pairs) if self.pairs else ["", ""]


ROLES = ("id", "timestamp", "signature")
BRANDS = ("webhook", "svix")
_NAMES = {role: {f"{brand}-{role}" for brand in BRANDS} for role in ROLES}


def trio(genuine: Genuine, brand: str) -> list[list[Any]]:
    """Return the three headers of a delivery with the names of a brand."""
    return [[f"{brand}-{role}", getattr(genuine, role)] for role in ROLES]


@dataclass(frozen=True, slots=True)
class Change:
    """A row of a table: a change, its weight, and its effect on the result."""

    name: str
    weight: float
    apply: Callable[[Draft], None]
    effect: Effect


class Table:
    """A table whose rows are drawn by weight."""

    def __init__(self, rows: Sequence[Change]) -> None:
        self._rows = list(rows)
        self._cumulated = list(accumulate(row.weight for row in rows))

    def draw(self, rng: Random, how_many: int = 1) -> list[Change]:
        """Return this number of rows, drawn by weight."""
        return rng.choices(self._rows, cum_weights=self._cumulated, k=how_many)


def rows(effect: Effect, *table: tuple[str, float, Callable[[Draft], None]]) -> list[Change]:
    """Return the rows of an effect, from (name, weight, function) triples."""
    return [Change(name, weight, apply, effect) for name, weight, apply in table]
