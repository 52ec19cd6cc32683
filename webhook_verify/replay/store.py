"""The contract of a replay store, without I/O.

A store keeps one record per key: the token of the claim, the end of its lease, whether the delivery is
completed, and when the record expires. Every call is one atomic step at the store, on the store's own
clock, so that any number of machines can share it. The contract of every store:

``claim``
    If the record is missing or its lease has expired, the caller now holds the key. The record is kept for
    ``retention``, not only for the lease, so that a takeover can be detected. The same token again (a
    driver that retries after a lost response) gets the first result. Otherwise the result is in flight or
    completed.
``extend``
    The holder's lease ends ``lease`` seconds from now, even if it had expired, unless another token has
    taken over. A record never expires before its lease.
``complete``
    The holder's key is completed, and the record is kept ``retention`` seconds from now. The same token
    again gets the same result. If the record is missing (a successor failed and released it, or the store
    lost it), it is written as completed, because this handler did succeed.
``release``
    The holder's record counts as removed. A completed record is never removed, not even by its own token.

A new claim has an attempt number: 1 for the first claim, plus 1 for each earlier claim that was released or
whose lease expired, as long as the store remembers them. The same token again is the same attempt.

``identity``
    An optional attribute that is equal for all objects that share their records, such as two stores on one
    server. It is used to detect receivers that would treat each other's messages as duplicates. Without
    it, they are detected only if they use the same store object.

``is_shared_by_processes``, ``is_shared_by_event_loops``
    Optional attributes for ``webhook-verify doctor``. The first is True if all processes of a server have the
    same records. The second is False if only one event loop can use the connections of the store object.

A token that is not the holder's changes nothing: a worker whose lease has expired can neither complete nor
release its successor's claim. A store passes on the exceptions of its driver, and never returns a guess.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol, Self

__all__ = ["RELEASED_RETENTION", "AsyncReplayStore", "ClaimOutcome", "ClaimState", "ReplayStore"]

RELEASED_RETENTION = 4 * 86_400.0
"""The longest time, in seconds, that a store remembers the attempts of a delivery with a released claim."""


class ClaimState(StrEnum):
    """The state of a delivery at a claim."""

    CLAIMED = "claimed"
    """The delivery was free. The caller holds it now."""
    TAKEN_OVER = "taken_over"
    """The lease of an earlier claim had expired. The caller holds the delivery now."""
    IN_FLIGHT = "in_flight"
    """Another token holds the delivery, and its lease has not expired."""
    COMPLETED = "completed"
    """The delivery has been handled."""


class _StateAndTime(NamedTuple):
    """The items of a `ClaimOutcome`."""

    state: ClaimState
    seconds_left: float = 0.0


class ClaimOutcome(_StateAndTime):
    """The outcome of a claim: a tuple of the state and, if in flight, the seconds left of the lease.

    Attributes:
        state: The state of the delivery.
        seconds_left: For a delivery in flight, how many seconds are left of the other claim's lease.
        attempt: For a delivery that is claimed now, how often it has been claimed, including this claim.
            Not part of the tuple, but an argument of the constructor.
    """

    attempt: int

    def __new__(cls, state: ClaimState, seconds_left: float = 0.0, attempt: int = 1) -> Self:
        """Create the tuple of `state` and `seconds_left`, with `attempt` as an attribute."""
        outcome = super().__new__(cls, state, seconds_left)
        outcome.attempt = attempt
        return outcome


class ReplayStore(Protocol):
    """A store for synchronous code. Its contract is in `webhook_verify.replay.store`."""

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """Claim the key, unless another token holds it or it is completed.

        Args:
            key: The storage key, at most 64 ASCII characters. See `ReplayGuard.storage_key`.
            token: The token of this claim, at most 32 ASCII characters. Unique to one claim.
            lease: How many seconds the claim lasts.
            retention: How many seconds the record is kept.

        Returns:
            The state of the delivery; for a new claim also its attempt number.

        Raises:
            Exception: The exception of the driver, if the call fails.
        """
        ...

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Extend the lease of the holder.

        Args:
            key: The storage key.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.

        Raises:
            Exception: The exception of the driver, if the call fails.
        """
        ...

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Record the delivery as completed.

        Args:
            key: The storage key.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token. False if another token holds or has completed it.

        Raises:
            Exception: The exception of the driver, if the call fails.
        """
        ...

    def release(self, key: str, token: str) -> bool:
        """Release the claim of the holder, so that a retry is handled.

        Args:
            key: The storage key.
            token: The token of the claim.

        Returns:
            Whether the token held the claim. If not, nothing is changed.

        Raises:
            Exception: The exception of the driver, if the call fails.
        """
        ...


class AsyncReplayStore(Protocol):
    """A store for asynchronous code. Its contract is in `webhook_verify.replay.store`."""

    async def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """Claim a delivery for one handler.

        Args:
            key: The storage key of the delivery.
            token: The token of this claim.
            lease: How many seconds the claim lasts.
            retention: How many seconds the record is kept.

        Returns:
            The state of the delivery; for a new claim also its attempt number.

        Raises:
            Exception: The exception of the driver, if the call fails.
        """
        ...

    async def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Extend the lease of a claim.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.

        Raises:
            Exception: The exception of the driver, if the call fails.
        """
        ...

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Record a delivery as completed.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token.

        Raises:
            Exception: The exception of the driver, if the call fails.
        """
        ...

    async def release(self, key: str, token: str) -> bool:
        """Release a claim, so that a retry is handled.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.

        Returns:
            Whether the token held the claim.

        Raises:
            Exception: The exception of the driver, if the call fails.
        """
        ...
