"""Connections of asyncio, which belong to the event loop on which they were opened.

Many setups run more than one loop: one per request (an async view under WSGI), one per job (`asyncio.run`),
one per test. `PerLoop` makes a value for each loop and closes it with its loop. `BoundToLoop` holds a value
that was made elsewhere, such as the application's client, and refuses a second loop.
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
        owner: What needs the loop, for the error.

    Raises:
        RuntimeError: If asyncio does not run here, as under trio.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            f"{owner} needs a running event loop of asyncio. Under trio, use a store that blocks or "
            "MemoryStore, or run the server with asyncio"
        ) from None


def running_trio() -> Any:
    """Return the module trio if it runs this code, else None. The application has imported it then."""
    trio = sys.modules.get("trio")
    return trio if trio is not None and trio.lowlevel.in_trio_run() else None


async def in_thread(owner: str, function: Callable[..., _T], *arguments: object) -> _T:
    """Run a function that blocks in a thread, under asyncio or trio.

    Args:
        owner: What needs the thread, for the error.
        function: The function.
        arguments: Its arguments.

    Raises:
        RuntimeError: If neither asyncio nor trio runs here.
    """
    if (trio := running_trio()) is not None:
        # A claim that is being made is not abandoned: its outcome decides whether it is released.
        result: _T = await trio.to_thread.run_sync(copy_context().run, partial(function, *arguments))
        return result
    running_loop(owner)
    return await asyncio.to_thread(function, *arguments)


class PerLoop(Generic[_T]):
    """A value that each event loop has for itself, and that is closed with its loop.

    `asyncio.run`, `asyncio.Runner`, uvicorn and the loops of test tools call `shutdown_asyncgens` at their
    end: that closes the value while the loop still runs. A loop that ends without it leaves the value to the
    garbage collector.

    Args:
        owner: What the value belongs to, for errors.
        make: Makes the value of the running loop. Must not block.
        close: Closes a value, on its own loop. None: there is nothing to close.
    """

    def __init__(
        self, owner: str, make: Callable[[], _T], close: Callable[[_T], Awaitable[object]] | None = None
    ) -> None:
        self._owner = owner
        self._make = make
        self._close = close
        self._values: dict[asyncio.AbstractEventLoop, _T] = {}
        # Held here alone: if this object is deleted first, the loop closes the generators, and so the values.
        self._closers: dict[asyncio.AbstractEventLoop, AsyncGenerator[None]] = {}

    def get(self) -> _T:
        """Return the value of the running loop. Raises RuntimeError if there is none of asyncio."""
        loop = running_loop(self._owner)
        try:
            return self._values[loop]
        except KeyError:
            return self._add(loop)

    async def aclose(self) -> None:
        """Close the value of the running loop. The next `get` makes another."""
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
        with suppress(StopIteration):  # runs to its yield, which registers it with the loop
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
    """A value that was made elsewhere. The first event loop that uses it is the only one that may.

    Args:
        value: The value, such as a client.
        advice: What to do about a second loop, for the error.
    """

    def __init__(self, value: _T, owner: str, advice: str) -> None:
        self.value = value
        self._owner = owner
        self._advice = advice
        self._loop: asyncio.AbstractEventLoop | None = None

    def get(self) -> _T:
        """Return the value. Raises RuntimeError on another loop than the first, and without one."""
        loop = running_loop(self._owner)
        if loop is not self._loop:
            if self._loop is not None:
                raise RuntimeError(
                    f"{self._owner} was used on another event loop before, to which its connections belong. "
                    f"{self._advice}"
                )
            self._loop = loop
        return self.value
