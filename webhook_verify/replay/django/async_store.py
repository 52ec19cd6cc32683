"""A Django store for asyncio: each call runs in a thread, as Django's own asynchronous interfaces do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import SyncToAsync, sync_to_async

from webhook_verify.forks import ChildCallback
from webhook_verify.replay.store import ClaimOutcome, ReplayStore

__all__ = ["InThreads"]


class InThreads:
    """``store``: one for blocking code. ``thread_sensitive``: whether it needs the request's own thread."""

    def __init__(self, store: ReplayStore, *, thread_sensitive: bool) -> None:
        self._store = store
        self.identity: object = getattr(store, "identity", None)
        self._sensitive = thread_sensitive

    async def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """See :meth:`ReplayStore.claim`."""
        call = sync_to_async(self._store.claim, thread_sensitive=self._sensitive)
        return await call(key, token, lease=lease, retention=retention)

    async def extend(self, key: str, token: str, *, lease: float) -> bool:
        """See :meth:`ReplayStore.extend`."""
        call = sync_to_async(self._store.extend, thread_sensitive=self._sensitive)
        return await call(key, token, lease=lease)

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        """See :meth:`ReplayStore.complete`."""
        call = sync_to_async(self._store.complete, thread_sensitive=self._sensitive)
        return await call(key, token, retention=retention)

    async def release(self, key: str, token: str) -> bool:
        """See :meth:`ReplayStore.release`."""
        call = sync_to_async(self._store.release, thread_sensitive=self._sensitive)
        return await call(key, token)


def _replace_executor() -> None:
    # The thread of asgiref's executor does not exist in a child, where a call would wait for it for ever.
    SyncToAsync.single_thread_executor = ThreadPoolExecutor(max_workers=1)


_in_child = ChildCallback(_replace_executor)
