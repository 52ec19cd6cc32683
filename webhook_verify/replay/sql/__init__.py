"""Replay protection in a database, with SQLAlchemy: a SQLite file, PostgreSQL or MariaDB.

Each call is one statement in autocommit, on a connection of its own, so it is part of no one's transaction:
what a handler rolls back does not undo a claim. Only a claim that finds its key taken asks by whom, with
a second statement. Time is the database's. One claim in a hundred deletes a bounded number of records
that are past their time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from webhook_verify.replay.sql.store_calls import MAX_PRUNED_RECORDS, StoreCalls
from webhook_verify.replay.store import ClaimOutcome

try:
    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

    from webhook_verify.replay.sql.engine import AsyncEngines, Engines, database_identity
    from webhook_verify.replay.sql.execution import StatementRunner, TransientFailure
except ImportError as missing:
    raise ImportError("the SQL stores need SQLAlchemy: pip install 'webhook-verify[sql]'") from missing

__all__ = ["DEFAULT_TABLE", "AsyncSQLStore", "SQLStore"]

DEFAULT_TABLE = "webhook_replay"

_T = TypeVar("_T")


class SQLStore:
    """Replay protection in a database, for blocking code.

    ``database``: a URL such as ``sqlite:////var/lib/app/replay.db`` or ``postgresql+psycopg://...``, for
    which the store keeps a pool of its own in each process (:meth:`close` it), or an :class:`Engine`, whose
    pool it shares. ``table``: its name, with or without a schema. Raises TypeError or ValueError for what
    cannot work; its calls raise what the driver raises, and SQLAlchemy's errors where there is no connection.

    After a lost connection, a deadlock or a serialization failure a call is tried again, at most twice.
    """

    def __init__(self, database: Engine | URL | str, *, table: str = DEFAULT_TABLE) -> None:
        self._engines = Engines(database)
        self._runner = StatementRunner(self._engines.dialect, table)
        self.identity = database_identity(self._engines.url, table)

    def create_table(self) -> None:
        """Create the table and its index, unless they are there. Many processes may do so at once."""
        self._run(self._runner.create_table)

    def ddl(self) -> str:
        """The statements that :meth:`create_table` runs, for those who keep migrations."""
        return self._runner.ddl()

    def prune(self, at_most: int = MAX_PRUNED_RECORDS) -> int:
        """Delete records that are past their time, at most so many; how many were deleted."""
        return self._call(lambda calls: calls.prune(at_most))

    def close(self) -> None:
        """Close the connections that a store made with a URL has in this process."""
        self._engines.close()

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """See :meth:`ReplayStore.claim`."""
        return self._call(lambda calls: calls.claim(key, token, lease=lease, retention=retention))

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """See :meth:`ReplayStore.extend`."""
        return self._call(lambda calls: calls.extend(key, token, lease=lease))

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """See :meth:`ReplayStore.complete`."""
        return self._call(lambda calls: calls.complete(key, token, retention=retention))

    def release(self, key: str, token: str) -> bool:
        """See :meth:`ReplayStore.release`."""
        return self._call(lambda calls: calls.release(key, token))

    def _call(self, call: Callable[[StoreCalls], _T]) -> _T:
        return self._run(lambda connection: call(self._runner.on(connection)))

    def _run(self, step: Callable[[Connection], _T]) -> _T:
        lock = self._engines.lock
        if lock is None:
            return self._attempt(step)
        with lock:
            return self._attempt(step)

    def _attempt(self, step: Callable[[Connection], _T]) -> _T:
        engine = self._engines.get()
        attempt = 0
        while True:
            attempt += 1
            try:
                with engine.connect() as connection:
                    return step(connection)
            except TransientFailure as failure:
                failure.end_at(attempt)
                if failure.disconnected:  # so are all that wait in the pool
                    engine.dispose()


class AsyncSQLStore:
    """As :class:`SQLStore`, for asyncio: a URL such as ``postgresql+asyncpg://...``, or an AsyncEngine.

    With a URL each event loop has a pool of its own, which is closed with the loop. An AsyncEngine belongs to
    the loop that uses it first: calls on another loop raise RuntimeError, unless its pool is a NullPool.
    """

    def __init__(self, database: AsyncEngine | URL | str, *, table: str = DEFAULT_TABLE) -> None:
        self._engines = AsyncEngines(database)
        self._runner = StatementRunner(self._engines.dialect, table)
        self.identity = database_identity(self._engines.url, table)

    async def create_table(self) -> None:
        """See :meth:`SQLStore.create_table`."""
        await self._run(self._runner.create_table)

    def ddl(self) -> str:
        """See :meth:`SQLStore.ddl`."""
        return self._runner.ddl()

    async def prune(self, at_most: int = MAX_PRUNED_RECORDS) -> int:
        """See :meth:`SQLStore.prune`."""
        return await self._call(lambda calls: calls.prune(at_most))

    async def aclose(self) -> None:
        """Close the connections that a store made with a URL has on the running event loop."""
        await self._engines.aclose()

    async def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """See :meth:`ReplayStore.claim`."""
        return await self._call(lambda calls: calls.claim(key, token, lease=lease, retention=retention))

    async def extend(self, key: str, token: str, *, lease: float) -> bool:
        """See :meth:`ReplayStore.extend`."""
        return await self._call(lambda calls: calls.extend(key, token, lease=lease))

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        """See :meth:`ReplayStore.complete`."""
        return await self._call(lambda calls: calls.complete(key, token, retention=retention))

    async def release(self, key: str, token: str) -> bool:
        """See :meth:`ReplayStore.release`."""
        return await self._call(lambda calls: calls.release(key, token))

    async def _call(self, call: Callable[[StoreCalls], _T]) -> _T:
        return await self._run(lambda connection: call(self._runner.on(connection)))

    async def _run(self, step: Callable[[Connection], _T]) -> _T:
        engine = self._engines.get()
        attempt = 0
        while True:
            attempt += 1
            try:
                async with engine.connect() as connection:
                    return await connection.run_sync(step)
            except TransientFailure as failure:
                failure.end_at(attempt)
                if failure.disconnected:
                    await engine.dispose()
