"""Finishing a verification on an event loop, where its key may have to be fetched.

A delivery whose key is cached is verified on the loop. The library fetches other keys in a few threads of its
own pool, so forged deliveries that name invented keys do not use up the threads of the application, such as
those of `asyncio.to_thread`. Tasks that need the same key as a running fetch wait without a thread.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock
from typing import Any

from webhook_verify.body import BytesLike
from webhook_verify.delivery import Delivery
from webhook_verify.errors import KeyUnavailable
from webhook_verify.forks import PerProcess
from webhook_verify.schemes.fetch_context import KeyNotCached, can_wait, key_unavailable
from webhook_verify.verification import Verification

__all__ = ["MAX_FETCHES", "MAX_QUEUED", "MAX_WAITING_TASKS", "finish_on_loop"]

MAX_FETCHES = 8
"""The number of threads that fetch keys."""

MAX_QUEUED = 8
"""The number of deliveries that may wait for one of the threads. The next one is rejected with 503."""

MAX_WAITING_TASKS = 64
"""The number of deliveries that may wait for another delivery's fetch. The next one is rejected with 503."""

_MAX_WAIT_SECONDS = 10.0
_POLL_SECONDS = 0.02

InThread = Callable[..., Awaitable[Any]]


class _Process:
    """The threads and the waiting tasks of a process."""

    def __init__(self) -> None:
        self.executor = ThreadPoolExecutor(MAX_FETCHES, thread_name_prefix="webhook_verify-keys")
        self._lock = Lock()
        self.in_executor = 0
        self.waiting = 0
        self.requested: set[tuple[int, str]] = set()  # The keys that a thread fetches for a task.

    def enter(self, key: tuple[int, str]) -> None:
        self.requested.add(key)
        with self._lock:
            self.in_executor += 1

    def leave(self, key: tuple[int, str]) -> None:
        self.requested.discard(key)
        with self._lock:  # The threads call this method.
            self.in_executor -= 1


_process = PerProcess(_Process)


async def finish_on_loop(incoming: Verification, last: BytesLike, in_thread: InThread) -> Delivery:
    """Finish a verification that may have to fetch a key.

    Args:
        incoming: A verification that may block.
        last: The last chunk of the body.
        in_thread: Runs a function that blocks for a reason other than a key, such as a diagnosis.

    Returns:
        The verified delivery.

    Raises:
        RejectedDelivery: If the delivery is not genuine or not fresh.
        KeyUnavailable: If the key cannot be fetched, or too many deliveries wait for keys.
        HandshakeResponse: If the delivery is a handshake.
    """
    deadline = time.monotonic() + _MAX_WAIT_SECONDS
    while True:
        try:
            if incoming.needs_thread:
                delivery: Delivery = await in_thread(_finish_from_cache, incoming, last)
                return delivery
            return _finish_from_cache(incoming, last)
        except KeyNotCached as missing:
            last = b""  # The verification has this chunk already.
            needed = missing
        process = _process.get()
        if needed.key not in process.requested and not needed.is_being_fetched():
            return await _finish_in_executor(incoming, needed.key, process)
        await _wait_for(needed, incoming, process, deadline)


def _finish_from_cache(incoming: Verification, last: BytesLike) -> Delivery:
    """Finish without waiting for a key. Raises KeyNotCached if it must be fetched."""
    token = can_wait.set(False)
    try:
        return incoming.finish(last)
    finally:
        can_wait.reset(token)


async def _finish_in_executor(incoming: Verification, key: tuple[int, str], process: _Process) -> Delivery:
    if process.in_executor >= MAX_FETCHES + MAX_QUEUED:
        raise _too_many(incoming, "too many deliveries are waiting for key fetches")
    # It is counted until the thread ends, even if the task is cancelled before that.
    process.enter(key)
    try:
        fetched = process.executor.submit(copy_context().run, incoming.finish)
    except BaseException:
        process.leave(key)
        raise
    fetched.add_done_callback(lambda _: process.leave(key))
    return await asyncio.wrap_future(fetched)


async def _wait_for(needed: KeyNotCached, incoming: Verification, process: _Process, deadline: float) -> None:
    if process.waiting >= MAX_WAITING_TASKS:
        raise _too_many(incoming, "too many deliveries are waiting for a key that is being fetched")
    process.waiting += 1
    try:
        while needed.key in process.requested or needed.is_being_fetched():
            if time.monotonic() > deadline:
                raise _too_many(incoming, "another delivery is still fetching the key")
            await asyncio.sleep(_POLL_SECONDS)
    finally:
        process.waiting -= 1


def _too_many(incoming: Verification, problem: str) -> KeyUnavailable:
    error = key_unavailable(problem)
    error.message_id = incoming.message_id or None
    return error
