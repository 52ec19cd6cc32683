"""Replay stores in a database with SQLAlchemy: a SQLite file, PostgreSQL or MariaDB.

Each call is one statement in autocommit on its own connection, so it is not part of a transaction of the
application: a rollback in a handler does not undo a claim. A claim of a key that is taken uses a second
statement to read the record. The clock is the database's. One claim in a hundred deletes a limited number of
expired records.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from webhook_verify.replay.sql.store_calls import MAX_PRUNED_RECORDS, StoreCalls
from webhook_verify.replay.store import ClaimOutcome

try:
    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

    from webhook_verify.replay.sql.execution import StatementRunner
    from webhook_verify.sql.engines import AsyncEngines, Engines, StoreNames, database_identity
    from webhook_verify.sql.execution import run, run_async
except ImportError as _missing:
    raise ImportError("the SQL stores need SQLAlchemy: pip install 'webhook-verify[sql]'") from _missing

__all__ = ["DEFAULT_TABLE", "AsyncSQLStore", "SQLStore"]

DEFAULT_TABLE = "webhook_replay"

_NAMES = StoreNames("SQLStore", "AsyncSQLStore", "MemoryStore")

_T = TypeVar("_T")


class SQLStore:
    """Replay protection in a database, for synchronous code.

    After a lost connection, a deadlock or a serialization failure a call is retried, at most two times.

    Args:
        database: A URL such as `sqlite:////var/lib/app/replay.db` or `postgresql+psycopg://...`, for which
            the store opens its own pool in each process (close it with `close`), or an `Engine`, whose pool
            it shares.
        table: The name of the table, with or without a schema.

    Raises:
        ImportError: If the driver of the URL is not installed.
        TypeError: If `database` is not a URL or an `Engine`, or `table` is not a str.
        ValueError: If the database, its driver or the name of the table is not supported.
    """

    is_shared_by_processes = True
    """Whether all processes have the same records."""

    def __init__(self, database: Engine | URL | str, *, table: str = DEFAULT_TABLE) -> None:
        self._engines = Engines(database, _NAMES)
        self._runner = StatementRunner(self._engines.dialect, table)
        self.identity: object = database_identity(self._engines.url, table)

    def create_table(self) -> None:
        """Create the table and its index, unless they exist. Many processes may call it at the same time.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
        """
        self._run(self._runner.create_table)

    def ddl(self) -> str:
        """Return the statements of `create_table`, for use in a migration.

        Returns:
            SQL statements that end with a semicolon.
        """
        return self._runner.ddl()

    def prune(self, at_most: int = MAX_PRUNED_RECORDS) -> int:
        """Delete expired records, the oldest first.

        Args:
            at_most: The maximum number of records to delete.

        Returns:
            The number of deleted records.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
        """
        return self._call(lambda calls: calls.prune(at_most))

    def close(self) -> None:
        """Close the connections of this process, if the store was created with a URL."""
        self._engines.close()

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """Claim a delivery for one handler.

        Args:
            key: The storage key of the delivery.
            token: The token of this claim.
            lease: How many seconds the claim lasts.
            retention: How many seconds the record is kept.

        Returns:
            The state of the delivery; for a new claim also its attempt number.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
        """
        return self._call(lambda calls: calls.claim(key, token, lease=lease, retention=retention))

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Extend the lease of a claim.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
        """
        return self._call(lambda calls: calls.extend(key, token, lease=lease))

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Record a delivery as completed.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
        """
        return self._call(lambda calls: calls.complete(key, token, retention=retention))

    def release(self, key: str, token: str) -> bool:
        """Release a claim, so that a retry is handled.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.

        Returns:
            Whether the token held the claim.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
        """
        return self._call(lambda calls: calls.release(key, token))

    def _call(self, call: Callable[[StoreCalls], _T]) -> _T:
        return self._run(lambda connection: call(self._runner.on(connection)))

    def _run(self, step: Callable[[Connection], _T]) -> _T:
        return run(self._engines, step)


class AsyncSQLStore:
    """Replay protection in a database, for asyncio.

    After a lost connection, a deadlock or a serialization failure a call is retried, at most two times.

    Args:
        database: A URL such as `postgresql+asyncpg://...`, for which the store opens a pool on each event
            loop and closes it with the loop, or an `AsyncEngine`. An `AsyncEngine` belongs to the loop that
            uses it first, unless its pool is a `NullPool`.
        table: The name of the table, with or without a schema.

    Raises:
        ImportError: If the driver of the URL is not installed.
        TypeError: If `database` is not a URL or an `AsyncEngine`, or `table` is not a str.
        ValueError: If the database, its driver or the name of the table is not supported.
    """

    is_shared_by_processes = True
    """Whether all processes have the same records."""

    def __init__(self, database: AsyncEngine | URL | str, *, table: str = DEFAULT_TABLE) -> None:
        self._engines = AsyncEngines(database, _NAMES)
        self._runner = StatementRunner(self._engines.dialect, table)
        self.identity: object = database_identity(self._engines.url, table)

    @property
    def is_shared_by_event_loops(self) -> bool:
        """Whether every event loop can use this store."""
        return self._engines.is_shared_by_event_loops

    async def create_table(self) -> None:
        """Create the table and its index, unless they exist. Many processes may call it at the same time.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        await self._run(self._runner.create_table)

    def ddl(self) -> str:
        """Return the statements of `create_table`, for use in a migration.

        Returns:
            SQL statements that end with a semicolon.
        """
        return self._runner.ddl()

    async def prune(self, at_most: int = MAX_PRUNED_RECORDS) -> int:
        """Delete expired records, the oldest first.

        Args:
            at_most: The maximum number of records to delete.

        Returns:
            The number of deleted records.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.prune(at_most))

    async def aclose(self) -> None:
        """Close the connections of the running event loop, if the store was created with a URL."""
        await self._engines.aclose()

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
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.claim(key, token, lease=lease, retention=retention))

    async def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Extend the lease of a claim.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.extend(key, token, lease=lease))

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Record a delivery as completed.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.complete(key, token, retention=retention))

    async def release(self, key: str, token: str) -> bool:
        """Release a claim, so that a retry is handled.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.

        Returns:
            Whether the token held the claim.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.release(key, token))

    async def _call(self, call: Callable[[StoreCalls], _T]) -> _T:
        return await self._run(lambda connection: call(self._runner.on(connection)))

    async def _run(self, step: Callable[[Connection], _T]) -> _T:
        return await run_async(self._engines, step)
