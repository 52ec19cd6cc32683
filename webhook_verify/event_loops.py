"""Values that belong to an event loop of asyncio, such as connections.

Many setups run more than one loop: one per request (an async view under WSGI), one per job (`asyncio.run`),
one per test. `PerLoop` creates a value for each loop and closes it with its loop. `BoundToLoop` contains a
value that was created elsewhere, such as the client of the application, and rejects a second loop.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any, Generic, TypeVar

__all__ = ["BoundToLoop", "PerLoop", "in_thread", "running_loop", "running_trio"]

_T = TypeVar("_T")


def running_loop(owner: str) -> asyncio.AbstractEventLoop:
    """Return the running event loop of asyncio.

    Args:
        owner: The name of the object that needs the loop, for the error.

    Returns:
        The event loop.

    Raises:
        RuntimeError: If no event loop of asyncio is running, as under trio.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            f"{owner} needs a running event loop of asyncio. Under trio, use a synchronous store or "
            "MemoryStore, or run the server with asyncio"
        ) from None


def running_trio() -> Any:
    """Return the module trio if trio runs this code. It is not imported here.

    Returns:
        The module trio, or None.
    """
    trio = sys.modules.get("trio")
    if trio is None:
        return None
    try:
        trio.lowlevel.current_task()  # in_trio_run would be shorter, and is new in trio 0.29
    except RuntimeError:
        return None
    return trio


async def in_thread(owner: str, function: Callable[..., _T], *arguments: object) -> _T:
    """Run a blocking function in a thread, under asyncio or trio.

    Args:
        owner: The name of the object that needs the thread, for the error.
        function: The blocking function.
        arguments: The arguments of the function.

    Returns:
        The result of the function.

    Raises:
        RuntimeError: If neither asyncio nor trio is running.
        Exception: Any exception of `function`.
    """
    if (trio := running_trio()) is not None:
        # The call is not abandoned on cancellation, because a claim that succeeds must be released.
        result: _T = await trio.to_thread.run_sync(copy_context().run, partial(function, *arguments))
        return result
    running_loop(owner)
    return await asyncio.to_thread(function, *arguments)


class PerLoop(Generic[_T]):
    """One value per event loop. It is closed with its loop.

    `asyncio.run`, `asyncio.Runner`, uvicorn and the loops of test tools call `shutdown_asyncgens` at the end,
    which closes the value while the loop is still running. If a loop ends without that call, the garbage
    collector deletes the value.

    Args:
        owner: The name of the object that needs the value, for errors.
        make: Creates the value of the running loop. Must not block.
        close: Closes a value, on the loop of the value. None if a value needs no closing.
    """

    def __init__(
        self, owner: str, make: Callable[[], _T], close: Callable[[_T], Awaitable[object]] | None = None
    ) -> None:
        self._owner = owner
        self._make = make
        self._close = close
        self._values: dict[asyncio.AbstractEventLoop, _T] = {}
        # This is the only reference. If this object is deleted first, the loop closes generators and values.
        self._closers: dict[asyncio.AbstractEventLoop, AsyncGenerator[None]] = {}

    def get(self) -> _T:
        """Return the value of the running loop.

        Returns:
            The value, which the first call on a loop creates.

        Raises:
            RuntimeError: If no event loop of asyncio is running.
        """
        loop = running_loop(self._owner)
        try:
            return self._values[loop]
        except KeyError:
            return self._add(loop)

    async def aclose(self) -> None:
        """Close the value of the running loop. The next `get` creates a new value."""
        loop = running_loop(self._owner)
        closer = self._closers.pop(loop, None)
        if closer is not None:
            await closer.aclose()

    def _add(self, loop: asyncio.AbstractEventLoop) -> _T:
        for other in list(self._values):
            if other.is_closed():
                self._values.pop(other, None)
                self._closers.pop(other, None)
        value = self._values[loop] = self._make()
        closer = _close_at_end(self._values, loop, value, self._close)
        with suppress(StopIteration):  # runs to the yield, which registers the generator with the loop
            closer.__anext__().__await__().send(None)
        self._closers[loop] = closer
        return value


async def _close_at_end(
    values: dict[asyncio.AbstractEventLoop, _T],
    loop: asyncio.AbstractEventLoop,
    value: _T,
    close: Callable[[_T], Awaitable[object]] | None,
) -> AsyncGenerator[None]:
    try:
        yield
    finally:
        values.pop(loop, None)
        if close is not None:
            await close(value)


class BoundToLoop(Generic[_T]):
    """A value that was created elsewhere. Only the first event loop that uses it may use it.

    Args:
        value: The value, such as a client.
        owner: The name of the object that needs the value, for the error.
        advice: How to support a second loop, for the error.
    """

    def __init__(self, value: _T, owner: str, advice: str) -> None:
        self.value = value
        self._owner = owner
        self._advice = advice
        self._loop: asyncio.AbstractEventLoop | None = None

    def get(self) -> _T:
        """Return the value.

        Returns:
            The value.

        Raises:
            RuntimeError: If another loop has used the value, or no event loop of asyncio is running.
        """
        loop = running_loop(self._owner)
        if loop is not self._loop:
            if self._loop is not None:
                raise RuntimeError(
                    f"{self._owner} was already used on another event loop that owns its connections. "
                    f"{self._advice}"
                )
            self._loop = loop
        return self.value
