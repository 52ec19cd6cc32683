"""The calls of a store in a database, in terms of its statements, for SQLAlchemy and for Django.

Independent of the driver: the caller passes a function that runs a statement.
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
    "outcome_of",
]

PRUNE_INTERVAL_CLAIMS = 100
"""How many claims there are per claim that prunes."""

MAX_PRUNED_RECORDS = 500
"""The maximum number of records that such a claim deletes. More than have been added since the last one."""

_MAX_LOOKS = 5

_CLAIMED = ClaimOutcome(ClaimState.CLAIMED)
_COMPLETED = ClaimOutcome(ClaimState.COMPLETED)

_logger = logging.getLogger("webhook_verify")

Run = Callable[[str, Mapping[str, Any]], tuple[Sequence[Sequence[Any]], int]]
"""A function that runs the named statement with parameters. Returns the rows, and how many were affected."""


class StoreCalls:
    """The calls of a store in a database.

    Args:
        run: Runs a statement.
        numbers: The numbers of the claims, from `claim_numbers`.
    """

    def __init__(self, run: Run, numbers: Iterator[int]) -> None:
        self._run = run
        self._numbers = numbers

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """Claim a delivery for one handler.

        Args:
            key: The storage key of the delivery.
            token: The token of this claim.
            lease: How many seconds the claim lasts.
            retention: How many seconds the record is kept.

        Returns:
            The state of the delivery; for a new claim also its attempt number.
        """
        outcome = self._claim(token, {"key": key, "token": token, "lease": lease, "retention": retention})
        if next(self._numbers) % PRUNE_INTERVAL_CLAIMS == 0:
            self._prune_quietly()
        return outcome

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Extend the lease of a claim.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.
        """
        return self._run("extend", {"key": key, "token": token, "lease": lease})[1] == 1

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Record a delivery as completed.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token.
        """
        rows, _ = self._run("complete", {"key": key, "token": token, "retention": retention})
        return bool(rows) and rows[0][0] == token

    def release(self, key: str, token: str) -> bool:
        """Release a claim, so that a retry is handled.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.

        Returns:
            Whether the token held the claim.
        """
        return self._run("release", {"key": key, "token": token})[1] == 1

    def prune(self, at_most: int) -> int:
        """Delete expired records, the oldest first.

        Args:
            at_most: The maximum number of records to delete.

        Returns:
            The number of deleted records.
        """
        return self._run("prune", {"at_most": at_most})[1]

    def _claim(self, token: str, parameters: Mapping[str, Any]) -> ClaimOutcome:
        for _ in range(_MAX_LOOKS):
            rows, _count = self._run("claim", parameters)
            if not rows:  # the key is taken, and the statement of this dialect does not return the record
                rows, _count = self._run("look", parameters)
            outcome = outcome_of(rows[0], token) if rows else None
            if outcome is not None:
                return outcome
        # Each time the key was taken at the claim and free at the look, so other workers are claiming it.
        return ClaimOutcome(ClaimState.IN_FLIGHT)

    def _prune_quietly(self) -> None:
        try:
            self.prune(MAX_PRUNED_RECORDS)
        except Exception as error:  # the claim has succeeded, and must not fail because of this
            cause = type(error.__cause__ or error).__name__
            _logger.warning("pruning the replay table failed with %s", cause)


def claim_numbers() -> Iterator[int]:
    """Return numbers for the claims of a store. Thread-safe.

    They begin at a random number, so that short-lived processes prune, too.

    Returns:
        An endless iterator.
    """
    return count(randbelow(PRUNE_INTERVAL_CLAIMS))


def outcome_of(row: Sequence[Any], token: str) -> ClaimOutcome | None:
    """Return the outcome for a token from the row of a claim or a look.

    Args:
        row: The token, the number of claims, and the seconds left of the lease and of the retention.
        token: The token of the claim.

    Returns:
        The outcome, or None if the record has expired since the claim, so that the key is free.
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
