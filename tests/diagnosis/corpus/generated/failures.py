"""Every maker, over its schemes and kinds of bodies in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice, product
from random import Random

from tests.diagnosis.corpus.builder import MAKERS, Maker
from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.corpus.generated import bodies, confusions, headers, secrets, spellings
from tests.diagnosis.genuine import genuine, has_own_body, takes

__all__ = ["failures"]

_MADE = (bodies, headers, secrets, confusions, spellings)  # imported for what they register


@cache
def failures() -> tuple[Failure, ...]:
    """All failures. The same ones each time, so that a figure can be compared with the last one."""
    return tuple(failure for maker in MAKERS for failure in islice(_of(maker), maker.count))


def _of(maker: Maker) -> Iterator[Failure]:
    for number, (scheme, kind) in enumerate(_mixed(maker)):
        failure = maker.make(genuine(scheme, kind, bare=maker.bare and number % 3 == 1))
        if failure is not None:
            how = maker.make.__name__.replace("_", " ")
            causes = frozenset({maker.cause, *maker.also})
            yield replace(failure, cause=maker.cause, causes=causes, how=how)


def _mixed(maker: Maker) -> list[tuple[str, str]]:
    """Each scheme with each kind of body, mixed, but the same each time."""
    pairs = [pair for pair in product(maker.schemes, maker.kinds) if _is_one(pair, maker.kinds[0])]
    Random(maker.make.__name__).shuffle(pairs)
    return pairs


def _is_one(pair: tuple[str, str], first: str) -> bool:
    """Whether there is such a delivery; one whose body is its own is there once."""
    scheme, kind = pair
    return kind == first if has_own_body(scheme) else takes(scheme, kind)
