"""Creates hostile deliveries in batches, each from a seed, and counts the results."""

from __future__ import annotations

import reprlib
from collections import Counter
from dataclasses import dataclass, replace
from itertools import accumulate
from random import Random
from typing import Any

from tests.fuzz import providers
from tests.fuzz.benign_mutations import TOUCHES
from tests.fuzz.bodies import BODIES
from tests.fuzz.forgeries import FORGED
from tests.fuzz.genuine import receivers
from tests.fuzz.header_containers import SHAPES
from tests.fuzz.mutation_case import Change, Draft, Effect, Table
from tests.fuzz.oracle import Failure, Hostile, judge
from tests.fuzz.receiver_paths import check_receiver_paths

BATCH = 1_000
"""The number of deliveries per seed. A run with seed N has the batches N, N+1, N+2..."""

_LEAKS_EVERY = 50
_THROUGH_RECEIVERS = 0.1
_OF_PROVIDERS = 0.4  # the others are of Standard Webhooks, with all known kinds of attacks
RECEIVERS = receivers()
_forged, _bodies, _touches = Table(FORGED), Table(BODIES), Table(TOUCHES)
_shape_weights = list(accumulate(weight for _, weight, _, _ in SHAPES))

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 120
_SHORT.maxlist = _SHORT.maxdict = _SHORT.maxtuple = 12
_SHORT.maxlevel = 4


@dataclass(slots=True)
class Report:
    """The result of a batch: the counts of results and changes, and the failure that ended it."""

    verdicts: Counter[str]
    changes: Counter[str]
    failure: str | None = None

    @property
    def deliveries(self) -> int:
        """The number of checked deliveries."""
        return self.verdicts.total()


def run_batch(seed: int, deliveries: int = BATCH) -> Report:
    """Create and check the deliveries of a seed, up to the first failure."""
    rng = Random(seed)
    report = Report(Counter(), Counter())
    for number in range(deliveries):
        hostile, names = providers.make(rng) if rng.random() < _OF_PROVIDERS else make(rng)
        report.changes.update(names)
        try:
            report.verdicts[_judged(hostile, rng, search_for_leaks=number % _LEAKS_EVERY == 0)] += 1
        except Failure as failure:
            report.failure = _described(seed, number, hostile, names, failure)
            break
    return report


def _judged(hostile: Hostile | providers.Hostile, rng: Random, *, search_for_leaks: bool) -> str:
    if rng.random() < _THROUGH_RECEIVERS:
        check_receiver_paths(hostile, rng)
    if isinstance(hostile, Hostile):
        return judge(hostile, rng, search_for_leaks=search_for_leaks)
    return providers.judge(hostile, rng, search_for_leaks=search_for_leaks)


def make(rng: Random) -> tuple[Hostile, list[str]]:
    """Return a hostile delivery, and the names of its changes."""
    draft = Draft(rng.choice(rng.choice(RECEIVERS).deliveries), rng)
    changes = _changes(rng)
    for change in changes:
        change.apply(draft)
    shape, _, hand_over, shape_effect = rng.choices(SHAPES, cum_weights=_shape_weights)[0]
    headers = hand_over(draft.pairs, rng)
    effects = {shape_effect, *(change.effect for change in changes)}
    # Another change may repair a forgery, unless it is benign. In that case only the check can decide.
    effect = Effect.EITHER if Effect.EITHER in effects else max(effects)
    return Hostile(draft.genuine, effect, headers, draft.body), [shape, *(change.name for change in changes)]


def _changes(rng: Random) -> list[Change]:
    """Return at most one forgery of the headers, at most one change of the body, and a few benign changes."""
    changes: list[Change] = []
    if rng.random() < 0.4:
        changes += _forged.draw(rng)
    if rng.random() < 0.3:
        changes += _bodies.draw(rng)
    return changes + _touches.draw(rng, rng.choice((0, 1, 1, 2)))


def _described(
    seed: int, number: int, hostile: Hostile | providers.Hostile, names: list[str], failure: Failure
) -> str:
    smallest = _reduced(hostile, str(failure).partition(":")[0])
    body = smallest.body if isinstance(smallest.body, bytes) else bytes(smallest.body)
    return "\n".join(
        (
            str(failure),
            f"  made by: {'; '.join(names)}",
            f"  headers: {_shown(smallest.headers)}",
            f"  body:    {_SHORT.repr(body)}",
            f"  again:   python -m tests.fuzz --seed {seed} --deliveries {number + 1} --jobs 1",
        )
    )


def _shown(headers: Any) -> str:
    try:
        return _SHORT.repr(headers)
    except (ValueError, RecursionError):  # an int or a list that cannot be printed
        return f"<{type(headers).__name__} that has no repr>"


def _reduced(hostile: Hostile | providers.Hostile, kind: str) -> Hostile | providers.Hostile:
    """Return the same failure with fewer headers, if they are a plain dict or list."""
    for name in list(hostile.headers) if isinstance(hostile.headers, dict | list) else ():
        headers: Any
        if isinstance(hostile.headers, dict):
            headers = {each: value for each, value in hostile.headers.items() if each is not name}
        else:
            headers = [pair for pair in hostile.headers if pair is not name]
        fewer = replace(hostile, headers=headers, effect=Effect.EITHER)
        try:
            _judged(fewer, Random(0), search_for_leaks=True)
        except Failure as failure:
            if str(failure).partition(":")[0] == kind:
                hostile = fewer
    return hostile
