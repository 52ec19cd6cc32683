"""The async twin of the inbox store in memory, for tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, TypeVar

from webhook_verify.inbox.entries import Entry, PutOutcome
from webhook_verify.inbox.memory import MemoryInboxStore

__all__ = ["AsyncMemoryInboxStore"]

_P = ParamSpec("_P")
_R = TypeVar("_R")

_POLL_SECONDS = 0.005


def _as_coroutine(
    method: Callable[Concatenate[MemoryInboxStore, _P], _R],
) -> Callable[Concatenate[AsyncMemoryInboxStore, _P], Coroutine[Any, Any, _R]]:
    async def call(self: AsyncMemoryInboxStore, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        return method(self.entries, *args, **kwargs)

    update_wrapper(call, method)
    return call


class AsyncMemoryInboxStore:
    """An async inbox store in the memory of one process, for tests.

    Args:
        clock: Returns the current time in Unix seconds.
    """

    may_block = False
    """Whether a call other than `wait` may wait for I/O. Never."""
    is_shared_by_processes = False
    """Whether all processes have the same entries."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self.entries: MemoryInboxStore = MemoryInboxStore(clock=clock)
        """The same entries, for synchronous code."""

    put: Callable[..., Coroutine[Any, Any, PutOutcome]] = _as_coroutine(MemoryInboxStore.put)
    claim: Callable[..., Coroutine[Any, Any, Sequence[Entry]]] = _as_coroutine(MemoryInboxStore.claim)
    renew: Callable[..., Coroutine[Any, Any, bool]] = _as_coroutine(MemoryInboxStore.renew)
    finish: Callable[..., Coroutine[Any, Any, bool]] = _as_coroutine(MemoryInboxStore.finish)
    retry: Callable[..., Coroutine[Any, Any, bool]] = _as_coroutine(MemoryInboxStore.retry)
    give_back: Callable[..., Coroutine[Any, Any, bool]] = _as_coroutine(MemoryInboxStore.give_back)
    bury: Callable[..., Coroutine[Any, Any, bool]] = _as_coroutine(MemoryInboxStore.bury)
    get: Callable[..., Coroutine[Any, Any, Entry | None]] = _as_coroutine(MemoryInboxStore.get)
    list: Callable[..., Coroutine[Any, Any, Sequence[Entry]]] = _as_coroutine(MemoryInboxStore.list)
    stats: Callable[..., Coroutine[Any, Any, dict[str, Any]]] = _as_coroutine(MemoryInboxStore.stats)
    redrive: Callable[..., Coroutine[Any, Any, int]] = _as_coroutine(MemoryInboxStore.redrive)
    discard: Callable[..., Coroutine[Any, Any, int]] = _as_coroutine(MemoryInboxStore.discard)
    prune: Callable[..., Coroutine[Any, Any, int]] = _as_coroutine(MemoryInboxStore.prune)

    @asynccontextmanager
    async def transaction(self, id: int, token: str) -> AsyncGenerator[None]:
        """Record the entry as done at the end of the block.

        Args:
            id: The number of the row.
            token: The token of the claim.

        Yields:
            None, because the store has no connection.

        Raises:
            LeaseLost: If the token does not hold the entry at the end of the block.
        """
        with self.entries.transaction(id, token):
            yield

    async def wait(self, seconds: float) -> None:
        """Wait until an entry may be ready, at most for that long.

        Args:
            seconds: The maximum time in seconds.
        """
        until = time.monotonic() + min(seconds, self.entries.seconds_to_next())
        version = self.entries.version
        while (
            not self.entries.has_claimable() and version == self.entries.version and time.monotonic() < until
        ):
            await asyncio.sleep(_POLL_SECONDS)
