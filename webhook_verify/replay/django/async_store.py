"""Django stores for asyncio: each call runs in a thread, like Django's own asynchronous interfaces."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import SyncToAsync, sync_to_async

from webhook_verify.forks import ChildCallback
from webhook_verify.replay.store import ClaimOutcome, ReplayStore

__all__ = ["InThreads"]


class InThreads:
    """A synchronous store whose calls run in threads.

    Args:
        store: The synchronous store.
        thread_sensitive: Whether its calls need the thread of the request.
    """

    def __init__(self, store: ReplayStore, *, thread_sensitive: bool) -> None:
        self._store = store
        self.identity: object = getattr(store, "identity", None)
        self._sensitive = thread_sensitive

    @property
    def is_shared_by_processes(self) -> bool | None:
        """Whether all processes have the same records; None if the store does not declare it."""
        return getattr(self._store, "is_shared_by_processes", None)

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
            Exception: Any exception of the synchronous store.
        """
        call = sync_to_async(self._store.claim, thread_sensitive=self._sensitive)
        return await call(key, token, lease=lease, retention=retention)

    async def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Extend the lease of a claim.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.

        Raises:
            Exception: Any exception of the synchronous store.
        """
        call = sync_to_async(self._store.extend, thread_sensitive=self._sensitive)
        return await call(key, token, lease=lease)

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Record a delivery as completed.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token.

        Raises:
            Exception: Any exception of the synchronous store.
        """
        call = sync_to_async(self._store.complete, thread_sensitive=self._sensitive)
        return await call(key, token, retention=retention)

    async def release(self, key: str, token: str) -> bool:
        """Release a claim, so that a retry is handled.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.

        Returns:
            Whether the token held the claim.

        Raises:
            Exception: Any exception of the synchronous store.
        """
        call = sync_to_async(self._store.release, thread_sensitive=self._sensitive)
        return await call(key, token)


def _replace_executor() -> None:
    # The thread of asgiref's executor does not exist in a forked child, so a call there would never return.
    SyncToAsync.single_thread_executor = ThreadPoolExecutor(max_workers=1)


_in_child = ChildCallback(_replace_executor)
