"""Waiting for an entry that can be claimed.

In PostgreSQL a `put` notifies the listeners. One thread or task of a store listens, on one connection, and
the others wait for it. Some entries are put without a notification, so the next time in the table is read
every second, too. In other databases it is read every tenth of a second.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from webhook_verify.event_loops import PerLoop
from webhook_verify.forks import PerProcess

__all__ = ["AsyncListener", "Listener", "poll", "poll_async"]

_POLL_SECONDS = 0.1
_LISTEN_SECONDS = 1.0


def poll(seconds: float, next_claim: Callable[[], float | None]) -> None:
    """Wait until an entry can be claimed, at most for that long.

    Args:
        seconds: The maximum time in seconds.
        next_claim: Returns the seconds until an entry can be claimed, or None if none waits.
    """
    until = time.monotonic() + seconds
    while (pause := _pause(until, next_claim(), _POLL_SECONDS)) > 0:
        time.sleep(pause)


async def poll_async(seconds: float, next_claim: Callable[[], Awaitable[float | None]]) -> None:
    """Wait until an entry can be claimed, at most for that long.

    Args:
        seconds: The maximum time in seconds.
        next_claim: Returns the seconds until an entry can be claimed, or None if none waits.
    """
    until = time.monotonic() + seconds
    while (pause := _pause(until, await next_claim(), _POLL_SECONDS)) > 0:
        await asyncio.sleep(pause)


def _pause(until: float, next_claim: float | None, longest: float) -> float:
    """Return how long to sleep: until the end, or until the next entry can be claimed."""
    left = min(until - time.monotonic(), longest)
    return left if next_claim is None else min(left, next_claim)


class Listener:
    """Waits for the notifications of PostgreSQL with psycopg.

    Args:
        channel: The name of the channel.
    """

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._locks = PerProcess(threading.Lock)

    def wait(self, engine: Engine, seconds: float, next_claim: Callable[[Connection], float | None]) -> None:
        """Wait until an entry can be claimed, at most for that long.

        Args:
            engine: The engine, in autocommit.
            seconds: The maximum time in seconds.
            next_claim: Returns the seconds until an entry can be claimed, or None if none waits.
        """
        until = time.monotonic() + seconds
        lock = self._locks.get()
        if not lock.acquire(timeout=max(0.0, seconds)):
            return
        try:
            with engine.connect() as connection:
                self._listen(connection, until, next_claim)
        finally:
            lock.release()

    def _listen(
        self, connection: Connection, until: float, next_claim: Callable[[Connection], float | None]
    ) -> None:
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute(f"LISTEN {self._channel}")
            # An entry that was put before LISTEN is seen here.
            is_notified = False
            while not is_notified and (pause := _pause(until, next_claim(connection), _LISTEN_SECONDS)) > 0:
                is_notified = any(True for _ in driver.notifies(timeout=pause, stop_after=1))
            driver.execute(f"UNLISTEN {self._channel}")
        except BaseException as error:
            connection.invalidate(error)
            raise


class AsyncListener:
    """Waits for the notifications of PostgreSQL with asyncpg or psycopg.

    Args:
        channel: The name of the channel.
        driver: The name of the driver.
    """

    def __init__(self, channel: str, driver: str) -> None:
        self._channel = channel
        self._wait_with = self._wait_with_asyncpg if driver == "asyncpg" else self._wait_with_psycopg
        self._locks = PerLoop("AsyncSQLInboxStore", asyncio.Lock)

    async def wait(
        self, engine: AsyncEngine, seconds: float, next_claim: Callable[[Connection], float | None]
    ) -> None:
        """Wait until an entry can be claimed, at most for that long.

        Args:
            engine: The engine, in autocommit.
            seconds: The maximum time in seconds.
            next_claim: Returns the seconds until an entry can be claimed, or None if none waits.
        """
        until = time.monotonic() + seconds
        lock = self._locks.get()
        try:
            await asyncio.wait_for(lock.acquire(), max(0.0, seconds))
        except TimeoutError:
            return
        try:
            async with engine.connect() as connection:
                await self._listen(connection, until, next_claim)
        finally:
            lock.release()

    async def _listen(
        self, connection: AsyncConnection, until: float, next_claim: Callable[[Connection], float | None]
    ) -> None:
        async def pause() -> float:
            return _pause(until, await connection.run_sync(next_claim), _LISTEN_SECONDS)

        driver: Any = (await connection.get_raw_connection()).driver_connection
        try:
            await self._wait_with(driver, pause)
        except BaseException as error:
            await connection.invalidate(error)
            raise

    async def _wait_with_asyncpg(self, driver: Any, pause: Callable[[], Awaitable[float]]) -> None:
        notified = asyncio.Event()

        def notify(*_: object) -> None:
            notified.set()

        await driver.add_listener(self._channel, notify)
        while not notified.is_set() and (seconds := await pause()) > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(notified.wait(), seconds)
        await driver.remove_listener(self._channel, notify)

    async def _wait_with_psycopg(self, driver: Any, pause: Callable[[], Awaitable[float]]) -> None:
        await driver.execute(f"LISTEN {self._channel}")
        is_notified = False
        while not is_notified and (seconds := await pause()) > 0:
            async for _ in driver.notifies(timeout=seconds, stop_after=1):
                is_notified = True
        await driver.execute(f"UNLISTEN {self._channel}")
