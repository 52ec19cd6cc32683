"""The infrastructure of the conformance tests: a store under test, and the servers of stores."""

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
    """The server of a store is not installed. The message names the package to install."""


@contextmanager
def skipping() -> Generator[None]:
    """Skip a test if a server is missing, unless skips are failures, as in CI."""
    try:
        yield
    except Unavailable as missing:
        if "WEBHOOK_VERIFY_NO_SKIPS" in os.environ:
            raise
        pytest.skip(str(missing))


@dataclass(frozen=True)
class Subject:
    """A store under test.

    ``store`` is synchronous: an async store is wrapped by `Blocking`. ``age`` makes the record of a key older
    by some seconds, so that its lease and its retention end earlier. It does nothing for a key without a
    record.
    """

    store: ReplayStore
    age: Callable[[str, float], None]


class Servers:
    """The requested servers. Each is started once, and stopped at the end of the session."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._running: dict[Callable[[], AbstractContextManager[Any]], Any] = {}

    def use(self, start: Callable[[], AbstractContextManager[T]]) -> T:
        """Return the result of the first call of ``start``. Raises `Unavailable`."""
        if start not in self._running:
            self._running[start] = self._stack.enter_context(start())
        running: T = self._running[start]
        return running


Opener = Callable[[Servers], AbstractContextManager[Subject]]
"""Opens a store of the table for the duration of its tests."""


class LoopThread:
    """An event loop in a separate thread, for coroutines of many threads."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loop", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Return the result of the coroutine."""
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
    """A synchronous wrapper of an async store: the calls of many threads are tasks of one loop."""

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
