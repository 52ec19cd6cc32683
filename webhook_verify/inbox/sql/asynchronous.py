"""The inbox store in a database, for asyncio."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from webhook_verify.inbox.entries import Entry, EntryState, NewEntry, PutOutcome
from webhook_verify.inbox.sql.calls import InboxCalls, Settlement
from webhook_verify.inbox.sql.databases import DEFAULT_TABLE, ISOLATION, NAMES, lost
from webhook_verify.inbox.sql.table import InboxTable
from webhook_verify.inbox.sql.waiting import AsyncListener, poll_async
from webhook_verify.inbox.store import LeaseLost
from webhook_verify.sql.engines import AsyncEngines, database_identity
from webhook_verify.sql.execution import TransientFailure, run_async

__all__ = ["AsyncSQLInboxStore"]

_T = TypeVar("_T")


class AsyncSQLInboxStore:
    """An inbox in a database, for asyncio.

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
    """Whether all processes have the same entries."""

    def __init__(self, database: AsyncEngine | URL | str, *, table: str = DEFAULT_TABLE) -> None:
        self._engines = AsyncEngines(database, NAMES)
        self._table = InboxTable(self._engines.dialect, table)
        self.identity: object = database_identity(self._engines.url, table)
        driver = self._engines.dialect.driver
        has_notifications = self._table.dialect_name == "postgresql"
        self._listener = AsyncListener(self._table.channel, driver) if has_notifications else None

    @property
    def is_shared_by_event_loops(self) -> bool:
        """Whether every event loop can use this store."""
        return self._engines.is_shared_by_event_loops

    async def create_table(self) -> None:
        """Create the table and its indexes, unless they exist. Many processes may call it at the same time.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
        """
        await self._run(self._table.create_table)

    def ddl(self) -> str:
        """Return the statements of `create_table`, for use in a migration.

        Returns:
            SQL statements that end with a semicolon.
        """
        return self._table.ddl()

    async def aclose(self) -> None:
        """Close the connections of the running event loop, if the store was created with a URL."""
        await self._engines.aclose()

    async def put(self, entry: NewEntry) -> PutOutcome:
        """Store an entry durably, unless its key is there already, in whatever state.

        Args:
            entry: The entry.

        Returns:
            The number of the row, and whether it is new.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.put(entry))

    async def claim(
        self, token: str, *, lease: float, limit: int = 1, skip_blocked: bool = False
    ) -> Sequence[Entry]:
        """Claim entries for a worker, the one that was due first first, and count the attempt of each.

        Args:
            token: The token of the claim.
            lease: The length of the lease in seconds, from now.
            limit: The maximum number of entries.
            skip_blocked: Whether an entry that waits for its retry does not block its lane.

        Returns:
            The claimed entries.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.claim(token, lease, limit, skip_blocked=skip_blocked))

    async def renew(self, id: int, token: str, *, lease: float) -> bool:
        """Extend the lease of a claimed entry to `lease` seconds from now.

        Args:
            id: The number of the row.
            token: The token of the claim.
            lease: The length of the lease in seconds, from now.

        Returns:
            Whether the token holds the entry.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.renew(id, token, lease))

    async def finish(self, id: int, token: str) -> bool:
        """Record that the handler succeeded.

        Args:
            id: The number of the row.
            token: The token of the claim.

        Returns:
            Whether the token held the entry.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._run(Settlement(self._table, "finish", id, token))

    async def retry(self, id: int, token: str, *, delay: float, error: str) -> bool:
        """Make the entry ready again after `delay` seconds.

        Args:
            id: The number of the row.
            token: The token of the claim.
            delay: The seconds until it is due.
            error: The failure: class, message and a short traceback.

        Returns:
            Whether the token held the entry.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._run(Settlement(self._table, "retry", id, token, delay, error))

    async def give_back(self, id: int, token: str) -> bool:
        """Make the entry ready at once, and do not count the attempt: the worker stops.

        Args:
            id: The number of the row.
            token: The token of the claim.

        Returns:
            Whether the token held the entry.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._run(Settlement(self._table, "give_back", id, token))

    async def bury(self, id: int, token: str, *, error: str) -> bool:
        """Make the entry a dead letter.

        Args:
            id: The number of the row.
            token: The token of the claim.
            error: The failure: class, message and a short traceback.

        Returns:
            Whether the token held the entry.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._run(Settlement(self._table, "bury", id, token, error=error))

    @asynccontextmanager
    async def transaction(self, id: int, token: str) -> AsyncGenerator[AsyncConnection]:
        """Open a transaction, hand over its connection, and commit it with the entry as done.

        Args:
            id: The number of the row.
            token: The token of the claim.

        Yields:
            The connection, of SQLAlchemy.

        Raises:
            LeaseLost: If the token does not hold the entry when the transaction is committed.
            Exception: The exception of the driver or of SQLAlchemy.
        """
        level, begin = ISOLATION[self._table.dialect_name]
        async with self._engines.get().connect() as connection:
            await connection.execution_options(isolation_level=level)
            try:
                async with connection.begin():
                    if begin:
                        await connection.exec_driver_sql(begin)
                    yield connection
                    if not await connection.run_sync(
                        lambda on: InboxCalls(self._table, on).finish_within(id, token)
                    ):
                        raise LeaseLost(lost(id))
            except TransientFailure as failure:
                raise failure.error from None
            finally:
                await connection.run_sync(lambda on: InboxCalls(self._table, on).unlock_lane_of(id))

    async def get(self, id: int) -> Entry | None:
        """Return an entry, or None.

        Args:
            id: The number of the row.

        Returns:
            The entry, or None.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.get(id))

    async def list(
        self,
        *,
        state: EntryState | None = None,
        event_type: str | None = None,
        since: float | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> Sequence[Entry]:
        """Return entries in the order of arrival, with ids greater than `after`.

        Args:
            state: Only entries in this state.
            event_type: Only entries of this event type.
            since: Only entries that were received at or after this time, in Unix seconds.
            after: Only entries with a greater id.
            limit: The maximum number of entries.

        Returns:
            The entries.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.find(state, event_type, since, after, limit))

    async def stats(self) -> dict[str, Any]:
        """Return the number of entries by state, and the seconds since the oldest was due, `oldest_ready`.

        Returns:
            The numbers.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.stats())

    async def redrive(self, ids: Sequence[int], *, by: str = "") -> int:
        """Make dead or discarded entries ready with no attempts, and note it in their audit.

        Args:
            ids: The numbers of the rows.
            by: The name of the person.

        Returns:
            The number of entries that were made ready.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.redrive(ids, by))

    async def discard(self, ids: Sequence[int], *, by: str = "") -> int:
        """Discard dead or ready entries, and note it in their audit.

        Args:
            ids: The numbers of the rows.
            by: The name of the person.

        Returns:
            The number of entries that were discarded.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.discard(ids, by))

    async def prune(self, *, ended_before: float, bodies_only: bool = False, limit: int = 1000) -> int:
        """Delete done and discarded entries that ended before that time, or only their bodies.

        Args:
            ended_before: Unix seconds.
            bodies_only: Whether to keep the rows, without their bodies.
            limit: The maximum number of entries.

        Returns:
            The number of entries.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
            RuntimeError: If the engine belongs to another event loop.
        """
        return await self._call(lambda calls: calls.prune(ended_before, limit, bodies_only=bodies_only))

    async def wait(self, seconds: float) -> None:
        """Wait until an entry may be ready, at most for that long.

        Args:
            seconds: The maximum time in seconds.

        Raises:
            Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
        """
        if self._listener is None:
            await poll_async(seconds, lambda: self._call(lambda calls: calls.seconds_to_next()))
        else:
            await self._listener.wait(
                self._engines.get(),
                seconds,
                lambda connection: InboxCalls(self._table, connection).seconds_to_next(),
            )

    async def _call(self, call: Callable[[InboxCalls], _T]) -> _T:
        return await self._run(lambda connection: call(InboxCalls(self._table, connection)))

    async def _run(self, step: Callable[[Connection], _T]) -> _T:
        return await run_async(self._engines, step)
