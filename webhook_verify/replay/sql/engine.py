"""The engine of a store: made from a URL, for this purpose alone, or the application's own.

Either way the connections are in autocommit while a store uses them. What an engine cannot do here is
told when the store is made.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

__all__ = [
    "MAX_CONNECTIONS",
    "SUPPORTED_DIALECTS",
    "TIMEOUT_SECONDS",
    "ForkGuard",
    "async_engine_for",
    "database_identity",
    "engine_for",
]

TIMEOUT_SECONDS = 5
"""For a connection, for a free one of the pool, for the lock of a SQLite file: then the sender hears 503."""

MAX_CONNECTIONS = 10
"""Of a store with a pool of its own, in each process; opened when they are needed."""

SUPPORTED_DIALECTS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "mariadb": "mariadb",
    "mysql": "mariadb",
}
"""The dialect of our statements by SQLAlchemy's name; its drivers for MySQL are those for MariaDB."""

_MIN_SQLITE_VERSION = (3, 35, 0)  # the first with RETURNING

# By driver: what limits the time that a connection may take, and that a dead network goes unnoticed.
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


class ForkGuard:
    """Notices that the process has forked: a child must not talk on its parent's connections."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pid = os.getpid()

    def check(self) -> None:
        """In a new child, let go of the connections that came with it."""
        if self._pid != os.getpid():
            self._engine.dispose(close=False)
            self._pid = os.getpid()  # last, or another thread might go on before it is done


def engine_for(database: Engine | URL | str) -> tuple[Engine, ForkGuard | None]:
    """The engine, and for one that has been made here what watches over forks."""
    if isinstance(database, Engine):
        _check(database.url, is_async=database.dialect.is_async, wants_async=False)
        return database.execution_options(isolation_level="AUTOCOMMIT"), None
    url = _checked_url(database, wants_async=False)
    engine = create_engine(url, **_options(url))
    _prepare_sqlite(engine)
    return engine, ForkGuard(engine)


def async_engine_for(database: AsyncEngine | URL | str) -> tuple[AsyncEngine, ForkGuard | None]:
    """As :func:`engine_for`, for asyncio."""
    if isinstance(database, AsyncEngine):
        _check(database.url, is_async=True, wants_async=True)
        return database.execution_options(isolation_level="AUTOCOMMIT"), None
    url = _checked_url(database, wants_async=True)
    engine = create_async_engine(url, **_options(url))
    _prepare_sqlite(engine.sync_engine)
    return engine, ForkGuard(engine.sync_engine)


def database_identity(url: URL, table: str) -> object:
    """Return what equals that of every store with the same records, whatever its driver and user."""
    backend, database = url.get_backend_name(), url.database
    if backend == "sqlite" and database:
        database = os.path.abspath(database)
    host = url.host or url.query.get("host")  # PostgreSQL's socket is part of the query
    return "sql", SUPPORTED_DIALECTS[backend], host, url.port, database, table


def _options(url: URL) -> dict[str, Any]:
    defaults = _CONNECT_ARGS.get(url.get_dialect().driver, {})
    return {
        "isolation_level": "AUTOCOMMIT",
        "connect_args": {name: value for name, value in defaults.items() if name not in url.query},
        # A call is over in a millisecond: to wait for a connection costs less than to open one for it.
        "pool_size": MAX_CONNECTIONS,
        "max_overflow": 0,
        "pool_timeout": TIMEOUT_SECONDS,
        "pool_reset_on_return": None,  # there is no transaction to roll back
    }


def _checked_url(database: object, *, wants_async: bool) -> URL:
    if not isinstance(database, URL | str):
        expected = "AsyncEngine" if wants_async else "Engine"
        raise TypeError(f"database is a URL or an {expected}, not {type(database).__name__}")
    try:
        url = make_url(database)
        dialect = url.get_dialect()
        if wants_async:  # of a driver that does both, such as psycopg
            dialect = dialect.get_async_dialect_cls(url)
    except ArgumentError:
        raise ValueError("database is no URL that SQLAlchemy can read") from None
    _check(url, is_async=dialect.is_async, wants_async=wants_async)
    return url


def _check(url: URL, *, is_async: bool, wants_async: bool) -> None:
    if is_async and not wants_async:
        raise ValueError(f"{url.drivername} is for asyncio: use AsyncSQLStore, or a blocking driver")
    if wants_async and not is_async:
        raise ValueError(f"{url.drivername} blocks: use SQLStore, or a driver for asyncio such as aiosqlite")
    name = url.get_backend_name()
    if name not in SUPPORTED_DIALECTS:
        raise ValueError(f"the databases of this store are SQLite, PostgreSQL and MariaDB; not {name}")
    if name == "sqlite":
        _check_sqlite(url)


def _check_sqlite(url: URL) -> None:
    if not url.database or ":memory:" in url.database or url.query.get("mode") == "memory":
        raise ValueError("a SQLite database in memory is not shared: name a file, or use MemoryStore")
    if sqlite3.sqlite_version_info < _MIN_SQLITE_VERSION:
        raise ValueError(f"SQLite {sqlite3.sqlite_version} is too old: this store needs 3.35 or newer")


def _prepare_sqlite(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _use_wal)


def _use_wal(connection: Any, record: object) -> None:
    """Let readers and the one writer not wait for each other."""
    cursor = connection.cursor()
    # Where another process is just doing the same, SQLite does not wait; the file then is what it makes it.
    with suppress(sqlite3.OperationalError):
        cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()
