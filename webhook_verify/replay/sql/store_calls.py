"""The calls of a store in a database, in terms of its statements: through SQLAlchemy and Django alike.

Nothing here knows a driver: what runs a statement is given.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from secrets import randbelow
from typing import Any

from webhook_verify.replay.store import ClaimOutcome, ClaimState

__all__ = [
    "MAX_PRUNED_RECORDS",
    "PRUNE_INTERVAL_CLAIMS",
    "Run",
    "StoreCalls",
    "claim_numbers",
    "is_missing_table",
    "is_serialization_conflict",
    "outcome_of",
]

PRUNE_INTERVAL_CLAIMS = 100
"""Of so many claims one prunes."""

MAX_PRUNED_RECORDS = 500
"""So many records at the most, which is more than have come in since."""

_MAX_LOOKS = 5

# What a database advises to try again: a deadlock, or a conflict under serializable isolation.
_CONFLICT_STATES = {"40001", "40P01"}
_CONFLICT_NUMBERS = {1020, 1213}

_CLAIMED = ClaimOutcome(ClaimState.CLAIMED)
_COMPLETED = ClaimOutcome(ClaimState.COMPLETED)

_logger = logging.getLogger("webhook_verify")

Run = Callable[[str, Mapping[str, Any]], tuple[Sequence[Sequence[Any]], int]]
"""Runs the statement of that name with these parameters; the rows, and how many there were or changed."""


class StoreCalls:
    """The calls of a store, on what runs its statements. ``numbers``: of :func:`claim_numbers`."""

    def __init__(self, run: Run, numbers: Iterator[int]) -> None:
        self._run = run
        self._numbers = numbers

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """See :meth:`ReplayStore.claim`."""
        outcome = self._claim(token, {"key": key, "token": token, "lease": lease, "retention": retention})
        if next(self._numbers) % PRUNE_INTERVAL_CLAIMS == 0:
            self._prune_quietly()
        return outcome

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """See :meth:`ReplayStore.extend`."""
        return self._run("extend", {"key": key, "token": token, "lease": lease})[1] == 1

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """See :meth:`ReplayStore.complete`."""
        rows, _ = self._run("complete", {"key": key, "token": token, "retention": retention})
        return bool(rows) and rows[0][0] == token

    def release(self, key: str, token: str) -> bool:
        """See :meth:`ReplayStore.release`."""
        return self._run("release", {"key": key, "token": token})[1] == 1

    def prune(self, at_most: int) -> int:
        """Delete records that are past their time, at most so many; how many were deleted."""
        return self._run("prune", {"at_most": at_most})[1]

    def _claim(self, token: str, parameters: Mapping[str, Any]) -> ClaimOutcome:
        for _ in range(_MAX_LOOKS):
            rows, _count = self._run("claim", parameters)
            if not rows:  # the key is taken, and this database does not tell by whom
                rows, _count = self._run("look", parameters)
            outcome = outcome_of(rows[0], token) if rows else None
            if outcome is not None:
                return outcome
        # Each time it was another's at the claim and free at the look: others are at it, so it is in flight.
        return ClaimOutcome(ClaimState.IN_FLIGHT)

    def _prune_quietly(self) -> None:
        try:
            self.prune(MAX_PRUNED_RECORDS)
        except Exception as error:  # the claim is made, and must not be lost for this
            cause = type(error.__cause__ or error).__name__
            _logger.warning("pruning the replay table failed with %s", cause)


def claim_numbers() -> Iterator[int]:
    """Numbers the claims of a store, for threads too, from anywhere: short-lived processes prune as well."""
    return count(randbelow(PRUNE_INTERVAL_CLAIMS))


def outcome_of(row: Sequence[Any], token: str) -> ClaimOutcome | None:
    """What the row of a claim or a look says to who claimed with that token.

    None if the record is free: its time has run out since the claim.
    """
    holder, claims, lease_left, keep_left = row
    if lease_left is None:
        return _COMPLETED if keep_left > 0 else None
    if holder == token:
        if claims == 1:
            return _CLAIMED
        state = ClaimState.TAKEN_OVER if claims > 0 else ClaimState.CLAIMED
        return ClaimOutcome(state, attempt=abs(claims))
    return ClaimOutcome(ClaimState.IN_FLIGHT, lease_left) if lease_left > 0 else None


def is_serialization_conflict(error: BaseException) -> bool:
    """Whether a driver's exception says that the statement has been undone, and may be tried again."""
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return state in _CONFLICT_STATES or (bool(error.args) and error.args[0] in _CONFLICT_NUMBERS)


def is_missing_table(error: BaseException) -> bool:
    """Whether a driver's exception says that the table is not there."""
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    code = error.args[0] if error.args else None
    return state == "42P01" or code == 1146 or (isinstance(code, str) and code.startswith("no such table"))
