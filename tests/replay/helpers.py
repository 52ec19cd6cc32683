"""What the conformance suite runs on: a store under test, and the servers that stores need."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from webhook_verify.replay import AsyncReplayStore, ClaimOutcome, ReplayStore

__all__ = ["Blocking", "LoopThread", "Opener", "Servers", "Subject", "Unavailable", "loop_thread", "skipping"]

T = TypeVar("T")


class Unavailable(Exception):
    """A server that a store needs is not installed; says what to install."""


@contextmanager
def skipping() -> Generator[None]:
    """Skip where a server is missing, unless no skips are wanted, as in CI."""
    try:
        yield
    except Unavailable as missing:
        if "WEBHOOK_VERIFY_NO_SKIPS" in os.environ:
            raise
        pytest.skip(str(missing))


@dataclass(frozen=True)
class Subject:
    """A store as the suite drives it.

    ``store`` blocks: an asynchronous one stands behind :class:`Blocking`. ``age`` makes a key's record
    older by so many seconds, as if time had passed at the store: its lease and its keeping end earlier.
    It does nothing for a key without a record.
    """

    store: ReplayStore
    age: Callable[[str, float], None]


class Servers:
    """The servers that are asked for, each started once and stopped when the session ends."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._running: dict[Callable[[], AbstractContextManager[Any]], Any] = {}

    def use(self, start: Callable[[], AbstractContextManager[T]]) -> T:
        """What ``start`` gives, which is called at the first time only. Raises :class:`Unavailable`."""
        if start not in self._running:
            self._running[start] = self._stack.enter_context(start())
        running: T = self._running[start]
        return running


Opener = Callable[[Servers], AbstractContextManager[Subject]]
"""Opens one store of the table, for as long as its tests run."""


class LoopThread:
    """An event loop in a thread of its own, for coroutines of many threads at once."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loop", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=60)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def loop_thread() -> Generator[LoopThread]:
    loop = LoopThread()
    try:
        yield loop
    finally:
        loop.close()


class Blocking:
    """An asynchronous store, driven from blocking code: calls of many threads are tasks of one loop."""

    def __init__(self, store: AsyncReplayStore, loop: LoopThread) -> None:
        self._store = store
        self._run = loop.run

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        return self._run(self._store.claim(key, token, lease=lease, retention=retention))

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        return self._run(self._store.extend(key, token, lease=lease))

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        return self._run(self._store.complete(key, token, retention=retention))

    def release(self, key: str, token: str) -> bool:
        return self._run(self._store.release(key, token))
