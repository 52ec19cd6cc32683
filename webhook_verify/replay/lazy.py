"""Stores that are made later than the receiver, such as in the lifespan of an application.

A receiver is needed when the routes are declared, at import. A store on the application's own client or
engine may be made only once the event loop runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from webhook_verify.replay.store import AsyncReplayStore, ClaimOutcome, ReplayStore

__all__ = ["AsyncLazyStore", "LazyStore"]

_Store = TypeVar("_Store", ReplayStore, AsyncReplayStore)


class LazyStore:
    """A store that is looked up at each call, for blocking code.

    Args:
        get: Returns the store. It is called at each call; what it raises, the call raises.

    Raises:
        TypeError: If `get` is not callable.
    """

    def __init__(self, get: Callable[[], ReplayStore]) -> None:
        self._get = _checked(get)

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """See :meth:`ReplayStore.claim`."""
        return self._get().claim(key, token, lease=lease, retention=retention)

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """See :meth:`ReplayStore.extend`."""
        return self._get().extend(key, token, lease=lease)

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """See :meth:`ReplayStore.complete`."""
        return self._get().complete(key, token, retention=retention)

    def release(self, key: str, token: str) -> bool:
        """See :meth:`ReplayStore.release`."""
        return self._get().release(key, token)


class AsyncLazyStore:
    """As :class:`LazyStore`, for a store whose calls are awaited.

    Args:
        get: Returns the store. It is called at each call; what it raises, the call raises.

    Raises:
        TypeError: If `get` is not callable.
    """

    def __init__(self, get: Callable[[], AsyncReplayStore]) -> None:
        self._get = _checked(get)

    async def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """See :meth:`ReplayStore.claim`."""
        return await self._get().claim(key, token, lease=lease, retention=retention)

    async def extend(self, key: str, token: str, *, lease: float) -> bool:
        """See :meth:`ReplayStore.extend`."""
        return await self._get().extend(key, token, lease=lease)

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        """See :meth:`ReplayStore.complete`."""
        return await self._get().complete(key, token, retention=retention)

    async def release(self, key: str, token: str) -> bool:
        """See :meth:`ReplayStore.release`."""
        return await self._get().release(key, token)


def _checked(get: Callable[[], _Store]) -> Callable[[], _Store]:
    if not callable(cast("object", get)):
        raise TypeError(f"get must be a function that returns a store, not {type(get).__name__!r}")
    return get
