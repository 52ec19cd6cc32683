"""The engine of a store: created from a URL for this store only, or the application's engine.

In both cases the connections are in autocommit while a store uses them. An unsupported database or driver
raises an error when the store is created.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import URL, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, Pool

from webhook_verify.event_loops import BoundToLoop, PerLoop
from webhook_verify.forks import ForkHooks, PerProcess

__all__ = [
    "MAX_CONNECTIONS",
    "SUPPORTED_DIALECTS",
    "TIMEOUT_SECONDS",
    "AsyncEngines",
    "Engines",
    "StoreNames",
    "database_identity",
]

TIMEOUT_SECONDS = 5
"""The limit for opening a connection, for a free one in the pool and for the lock of a SQLite file.

After it the sender receives a 503.
"""

MAX_CONNECTIONS = 10
"""The size of a store's own pool in each process. Connections are opened on demand."""

SUPPORTED_DIALECTS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "mariadb": "mariadb",
    "mysql": "mariadb",
}
"""SQLAlchemy's dialect names, and the dialect of our statements. Drivers for MySQL also work with MariaDB."""

_MIN_SQLITE_VERSION = (3, 35, 0)  # the first with RETURNING


class StoreNames(NamedTuple):
    """The names of the stores of one kind, for errors.

    Attributes:
        blocking: The store for synchronous code.
        asynchronous: The store for asyncio.
        in_memory: The store to use instead of a SQLite database in memory.
    """

    blocking: str
    asynchronous: str
    in_memory: str


# By driver, the arguments that limit how long connecting may take, and how long a dead network is unnoticed.
_CONNECT_ARGS: dict[str, dict[str, Any]] = {
    "aiomysql": {"connect_timeout": TIMEOUT_SECONDS},
    "aiosqlite": {"timeout": TIMEOUT_SECONDS},
    "asyncpg": {"timeout": TIMEOUT_SECONDS, "command_timeout": TIMEOUT_SECONDS},
    "psycopg": {"connect_timeout": TIMEOUT_SECONDS, "tcp_user_timeout": TIMEOUT_SECONDS * 1000},
    "pymysql": {
        "connect_timeout": TIMEOUT_SECONDS,
        "read_timeout": TIMEOUT_SECONDS,
        "write_timeout": TIMEOUT_SECONDS,
    },
    "pysqlite": {"timeout": TIMEOUT_SECONDS},
}


class Engines:
    """The engine of a synchronous store: the application's, or the store's own engine in each process.

    Args:
        database: The application's engine, or the URL for the store's own engine.
        names: The names of the stores, for errors.

    Attributes:
        url: The URL of the database.
        lock: Held during a call, so that a fork waits for its end. None if that is not needed.

    Raises:
        ImportError: If the driver of the URL is not installed.
        TypeError: If `database` is neither an engine nor a URL.
        ValueError: If the database or its driver is not supported.
    """

    def __init__(self, database: Engine | URL | str, names: StoreNames) -> None:
        self.is_own: bool = not isinstance(database, Engine)
        self._shared: list[Pool] = []
        self._pid = os.getpid()
        if isinstance(database, Engine):
            _check(database.url, names, is_async=database.dialect.is_async, wants_async=False)
            self.url: URL = database.url
            self._engines = PerProcess(partial(self._in_autocommit, database))
        else:
            self.url = _checked_url(database, names, wants_async=False)
            self._engines = PerProcess(partial(_make_engine, self.url))
        self.dialect: Dialect = self.get().dialect
        self.lock: Lock | None = Lock() if self.dialect.name == "sqlite" else None
        # Runs in a child immediately, before the application uses an engine that it shares with the store.
        self._hooks = ForkHooks(self._close_before_fork, self.get, self._go_on_after_fork)

    def get(self) -> Engine:
        """Return the engine of this process.

        Returns:
            The engine, in autocommit.
        """
        return self._engines.get()

    def close(self) -> None:
        """Close the connections of this process, if the engine is the store's own."""
        if self.is_own:
            self.get().dispose()

    def _in_autocommit(self, engine: Engine) -> Engine:
        if self._pid != os.getpid():
            self._shared.append(engine.pool)  # kept, because a deleted pool closes the parent's connections
            engine.dispose(close=False)
        return engine.execution_options(isolation_level="AUTOCOMMIT")

    def _close_before_fork(self) -> None:
        # SQLite's locks belong to a process. But in a child its library assumes that a copied connection
        # still holds them, and its mutexes are copied, too. So no connection may be open during a fork.
        if self.lock is not None:
            self.lock.acquire()
            self.get().dispose()

    def _go_on_after_fork(self) -> None:
        if self.lock is not None:
            self.lock.release()


class AsyncEngines:
    """The engine of an asyncio store: the application's, or the store's own engine on each event loop.

    Args:
        database: The application's engine, or the URL for the store's own engine.
        names: The names of the stores, for errors.

    Raises:
        ImportError: If the driver of the URL is not installed.
        TypeError: If `database` is neither an engine nor a URL.
        ValueError: If the database or its driver is not supported.
    """

    def __init__(self, database: AsyncEngine | URL | str, names: StoreNames) -> None:
        self._engines: PerLoop[AsyncEngine] | BoundToLoop[AsyncEngine] | None = None
        if isinstance(database, AsyncEngine):
            _check(database.url, names, is_async=True, wants_async=True)
            self.url: URL = database.url
            self._given = database.execution_options(isolation_level="AUTOCOMMIT")
            if not isinstance(database.pool, NullPool):  # a NullPool keeps no connection for another loop
                self._engines = BoundToLoop(self._given, "the AsyncEngine", _advice(names))
            self.dialect: Dialect = database.dialect
        else:
            self.url = _checked_url(database, names, wants_async=True)
            self._engines = PerLoop(names.asynchronous, partial(_make_async_engine, self.url), _dispose)
            self.dialect = _make_async_engine(self.url).dialect

    @property
    def is_shared_by_event_loops(self) -> bool:
        """Whether every event loop can use the engine."""
        return not isinstance(self._engines, BoundToLoop)

    def get(self) -> AsyncEngine:
        """Return the engine for the running event loop.

        Returns:
            The engine, in autocommit.

        Raises:
            RuntimeError: If no event loop of asyncio is running, or the engine belongs to another one.
        """
        return self._given if self._engines is None else self._engines.get()

    async def aclose(self) -> None:
        """Close the connections of the running loop, if the engine is the store's own."""
        if isinstance(self._engines, PerLoop):
            await self._engines.aclose()


def _make_engine(url: URL) -> Engine:
    engine = create_engine(url, **_options(url))
    _prepare_sqlite(engine)
    return engine


def _make_async_engine(url: URL) -> AsyncEngine:
    engine = create_async_engine(url, **_options(url))
    _prepare_sqlite(engine.sync_engine)
    return engine


async def _dispose(engine: AsyncEngine) -> None:
    await engine.dispose()


def database_identity(url: URL, table: str) -> object:
    """Return a value that is equal for all stores with the same records.

    Args:
        url: The URL of the database. Its driver and user do not matter.
        table: The name of the table.

    Returns:
        The value.
    """
    backend, database = url.get_backend_name(), url.database
    if backend == "sqlite" and database:
        database = os.path.abspath(database)
    host = url.host or url.query.get("host")  # PostgreSQL's socket is part of the query
    return "sql", SUPPORTED_DIALECTS[backend], host, url.port, database, table


def _advice(names: StoreNames) -> str:
    return (
        f"Pass the URL to {names.asynchronous}, so that it opens connections for each event loop, or create "
        "the engine with poolclass=NullPool"
    )


def _options(url: URL) -> dict[str, Any]:
    defaults = _CONNECT_ARGS.get(url.get_dialect().driver, {})
    return {
        "isolation_level": "AUTOCOMMIT",
        "connect_args": {name: value for name, value in defaults.items() if name not in url.query},
        # A call takes about a millisecond, so waiting for a connection is cheaper than opening another one.
        "pool_size": MAX_CONNECTIONS,
        "max_overflow": 0,
        "pool_timeout": TIMEOUT_SECONDS,
        "pool_reset_on_return": None,  # in autocommit nothing has to be rolled back
    }


def _checked_url(database: object, names: StoreNames, *, wants_async: bool) -> URL:
    if not isinstance(database, URL | str):
        expected = "AsyncEngine" if wants_async else "Engine"
        raise TypeError(f"database must be a URL or an {expected}, not {type(database).__name__!r}")
    try:
        url = make_url(database)
        dialect = url.get_dialect()
        if wants_async:  # for a driver with both interfaces, such as psycopg
            dialect = dialect.get_async_dialect_cls(url)
    except ArgumentError:
        raise ValueError(
            "database must be a URL that SQLAlchemy can parse, such as sqlite:////var/lib/app/replay.db"
        ) from None
    _check(url, names, is_async=dialect.is_async, wants_async=wants_async)
    return url


def _check(url: URL, names: StoreNames, *, is_async: bool, wants_async: bool) -> None:
    if is_async and not wants_async:
        raise ValueError(
            f"database must use a synchronous driver, not {url.drivername}. Change the URL, or use "
            f"{names.asynchronous}"
        )
    if wants_async and not is_async:
        raise ValueError(
            f"database must use a driver for asyncio, such as aiosqlite, not {url.drivername}. Change the "
            f"URL, or use {names.blocking}"
        )
    name = url.get_backend_name()
    if name not in SUPPORTED_DIALECTS:
        raise ValueError(f"database must be SQLite, PostgreSQL or MariaDB, not {name}")
    if name == "sqlite":
        _check_sqlite(url, names)


def _check_sqlite(url: URL, names: StoreNames) -> None:
    if not url.database or ":memory:" in url.database or url.query.get("mode") == "memory":
        raise ValueError(
            "database must be a SQLite file, because a database in memory is not shared. Use a file, or "
            f"{names.in_memory}"
        )
    if sqlite3.sqlite_version_info < _MIN_SQLITE_VERSION:
        raise ValueError(
            f"this store needs SQLite 3.35 or newer, not {sqlite3.sqlite_version}: upgrade SQLite"
        )


def _prepare_sqlite(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _use_wal)


def _use_wal(connection: Any, record: object) -> None:
    """Use write-ahead logging, so that readers and the writer do not wait for each other.

    A commit waits for the disk, as it does by default.
    """
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = FULL")
    # SQLite fails at once if another process is changing the mode of the file, with the same result.
    with suppress(sqlite3.OperationalError):
        cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()
