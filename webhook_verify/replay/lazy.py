"""Stores that are created later than the receiver, such as in the lifespan of an application.

A receiver is needed when the routes are declared, at import. A store on the application's own client or
engine can be created only once the event loop runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from webhook_verify.replay.store import AsyncReplayStore, ClaimOutcome, ReplayStore

__all__ = ["AsyncLazyStore", "LazyStore"]

_Store = TypeVar("_Store", ReplayStore, AsyncReplayStore)


class LazyStore:
    """A store that is looked up at each call, for synchronous code.

    Args:
        get: Returns the store. It is called at each call.

    Raises:
        TypeError: If `get` is not callable.
    """

    def __init__(self, get: Callable[[], ReplayStore]) -> None:
        self._get = _checked(get)

    @property
    def is_shared_by_processes(self) -> bool | None:
        """Whether all processes have the same records; None if the store does not declare it."""
        return getattr(self._get(), "is_shared_by_processes", None)

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """Claim a delivery for one handler.

        Args:
            key: The storage key of the delivery.
            token: The token of this claim.
            lease: How many seconds the claim lasts.
            retention: How many seconds the record is kept.

        Returns:
            The state of the delivery; for a new claim also its attempt number.

        Raises:
            Exception: Any exception of `get` or of the store.
        """
        return self._get().claim(key, token, lease=lease, retention=retention)

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Extend the lease of a claim.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.

        Raises:
            Exception: Any exception of `get` or of the store.
        """
        return self._get().extend(key, token, lease=lease)

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Record a delivery as completed.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token.

        Raises:
            Exception: Any exception of `get` or of the store.
        """
        return self._get().complete(key, token, retention=retention)

    def release(self, key: str, token: str) -> bool:
        """Release a claim, so that a retry is handled.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.

        Returns:
            Whether the token held the claim.

        Raises:
            Exception: Any exception of `get` or of the store.
        """
        return self._get().release(key, token)


class AsyncLazyStore:
    """A store that is looked up at each call, for asynchronous code.

    Args:
        get: Returns the store. It is called at each call.

    Raises:
        TypeError: If `get` is not callable.
    """

    def __init__(self, get: Callable[[], AsyncReplayStore]) -> None:
        self._get = _checked(get)

    @property
    def is_shared_by_processes(self) -> bool | None:
        """Whether all processes have the same records; None if the store does not declare it."""
        return getattr(self._get(), "is_shared_by_processes", None)

    @property
    def is_shared_by_event_loops(self) -> bool | None:
        """Whether every event loop can use the store; None if the store does not declare it."""
        return getattr(self._get(), "is_shared_by_event_loops", None)

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
            Exception: Any exception of `get` or of the store.
        """
        return await self._get().claim(key, token, lease=lease, retention=retention)

    async def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Extend the lease of a claim.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.

        Raises:
            Exception: Any exception of `get` or of the store.
        """
        return await self._get().extend(key, token, lease=lease)

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Record a delivery as completed.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token.

        Raises:
            Exception: Any exception of `get` or of the store.
        """
        return await self._get().complete(key, token, retention=retention)

    async def release(self, key: str, token: str) -> bool:
        """Release a claim, so that a retry is handled.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.

        Returns:
            Whether the token held the claim.

        Raises:
            Exception: Any exception of `get` or of the store.
        """
        return await self._get().release(key, token)


def _checked(get: Callable[[], _Store]) -> Callable[[], _Store]:
    if not callable(cast("object", get)):
        raise TypeError(f"get must be a function that returns a store, not {type(get).__name__!r}")
    return get
