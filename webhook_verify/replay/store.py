"""What a replay store does, and the words for it. No I/O here: the stores stand beside this module.

A store keeps one record a key: who claimed it (a token), until when its lease runs, whether it is
completed, and until when the record is kept. Every call is one atomic step at the store, on the store's
own clock, so that any number of machines may share it. The law of every store:

``claim``
    No record, or one whose lease ran out: the caller holds the key now, the record stays for ``retention``
    (not only for the lease, so that a take-over is noticed). The same token again, by a driver that
    retries after a lost answer: as the first time. Else in flight, or completed.
``extend``
    The holder's lease runs ``lease`` seconds from now, also where it had run out and nobody took over.
    A record never goes before its lease.
``complete``
    The holder's key is completed, kept ``retention`` seconds from now; by the same token again: the same.
    Where there is no record (released by a successor that failed, or lost by the store) it is written as
    completed, because this handling did succeed.
``release``
    The holder's record counts as removed. A completed one never is, not even by its own token.

A claim that is made says which attempt it is: 1 for the first, and one more after each claim that was
released or whose lease ran out, for as long as the store remembers them. The same token again is the same
attempt.

``identity``
    An optional attribute: equal for all objects that share their records, such as two stores of one
    server. Receivers that would swallow each other's messages are found by it; without it, only where they
    have the same store object.

A token that is not the holder's changes nothing: a worker whose lease ran out can neither complete nor
release its successor's claim. What a driver raises goes through; a store never answers a guess.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol, Self

__all__ = ["RELEASED_RETENTION", "AsyncReplayStore", "ClaimOutcome", "ClaimState", "ReplayStore"]

RELEASED_RETENTION = 4 * 86_400.0
"""Seconds for which a store remembers the attempts of a delivery whose claim was released, at the most."""


class ClaimState(StrEnum):
    """What a claim found."""

    CLAIMED = "claimed"
    """Nobody had it: the caller holds it now."""
    TAKEN_OVER = "taken_over"
    """An earlier claim's lease had run out: the caller holds it now."""
    IN_FLIGHT = "in_flight"
    """Another token holds it, and its lease runs."""
    COMPLETED = "completed"
    """It has been handled."""


class _StateAndTime(NamedTuple):
    state: ClaimState
    seconds_left: float = 0.0


class ClaimOutcome(_StateAndTime):
    """The outcome of a claim: a tuple of its state and, for one in flight, the seconds left of the lease.

    Args:
        state: What the claim found.
        seconds_left: For a delivery in flight, what is left of the other's lease.
        attempt: For a delivery that is claimed now, how often it has been, this time included.

    Attributes:
        attempt: As above. It is not part of the tuple.
    """

    attempt: int

    def __new__(cls, state: ClaimState, seconds_left: float = 0.0, attempt: int = 1) -> Self:
        """Make the tuple of `state` and `seconds_left`, with `attempt` as an attribute."""
        outcome = super().__new__(cls, state, seconds_left)
        outcome.attempt = attempt
        return outcome


class ReplayStore(Protocol):
    """A store for blocking code; the law is in :mod:`webhook_verify.replay.store`.

    ``key``: at most 64 ASCII characters, see :meth:`ReplayGuard.storage_key`. ``token``: at most 32 ASCII
    characters, unique to one claim. ``lease`` and ``retention``: seconds. Raises what its driver raises.
    """

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """Hold the key for ``lease`` seconds, unless another token does or it is completed."""
        ...

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Let the holder's lease run ``lease`` seconds from now. False for any other token."""
        ...

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Remember for ``retention`` seconds that it was handled. False if the key is not the token's."""
        ...

    def release(self, key: str, token: str) -> bool:
        """Forget the holder's claim, so that a retry is handled. False, and no change, for any other."""
        ...


class AsyncReplayStore(Protocol):
    """As :class:`ReplayStore`, awaited."""

    async def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """See :meth:`ReplayStore.claim`."""
        ...

    async def extend(self, key: str, token: str, *, lease: float) -> bool:
        """See :meth:`ReplayStore.extend`."""
        ...

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        """See :meth:`ReplayStore.complete`."""
        ...

    async def release(self, key: str, token: str) -> bool:
        """See :meth:`ReplayStore.release`."""
        ...
