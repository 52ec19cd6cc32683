"""The store of an inbox, from the argument of its constructor."""

from __future__ import annotations

import os
from inspect import iscoroutinefunction
from typing import Any, cast

__all__ = ["async_store", "blocking_store"]

_CALLS = ("put", "claim", "finish", "retry", "get", "list")


def blocking_store(database: object) -> Any:
    """Return the store of an `Inbox`.

    Args:
        database: A store, the path of a SQLite file, a URL, or an `Engine`.

    Returns:
        The store. The table of a SQLite file exists.

    Raises:
        ImportError: If SQLAlchemy or the driver is not installed.
        TypeError: If `database` is of another type, or a store for asyncio.
        ValueError: If the database or its driver is not supported.
    """
    if _is_store(database, wants_async=False):
        return database
    from webhook_verify.inbox.sql import SQLInboxStore  # here, because another store does not need SQLAlchemy

    path = _path_of(database)
    store = SQLInboxStore(cast("Any", database) if path is None else f"sqlite:///{path}")
    if path is not None:
        store.create_table()
    return store


def async_store(database: object) -> Any:
    """Return the store of an `AsyncInbox`.

    Args:
        database: A store, the path of a SQLite file, a URL, or an `AsyncEngine`.

    Returns:
        The store. The table of a SQLite file exists.

    Raises:
        ImportError: If SQLAlchemy or the driver is not installed.
        TypeError: If `database` is of another type, or a store for synchronous code.
        ValueError: If the database or its driver is not supported.
    """
    if _is_store(database, wants_async=True):
        return database
    from webhook_verify.inbox.sql import AsyncSQLInboxStore

    path = _path_of(database)
    if path is None:
        return AsyncSQLInboxStore(cast("Any", database))
    blocking_store(path).close()  # creates the table
    return AsyncSQLInboxStore(f"sqlite+aiosqlite:///{path}")


def _path_of(database: object) -> str | None:
    if isinstance(database, str) and "://" in database:
        return None
    if isinstance(database, str | os.PathLike):
        path = os.fsdecode(cast("str | os.PathLike[str]", database))
        if not path or path == ":memory:":
            raise ValueError("database must be a file, not a database in memory. Use MemoryInboxStore")
        return path
    return None


def _is_store(database: object, *, wants_async: bool) -> bool:
    if isinstance(database, type) or not all(callable(getattr(database, name, None)) for name in _CALLS):
        return False
    if iscoroutinefunction(getattr(database, "put", None)) is not wants_async:
        one, other = ("an AsyncInbox", "asyncio") if wants_async else ("an Inbox", "synchronous code")
        raise TypeError(f"the store of {one} must be one for {other}, not {type(database).__name__!r}")
    return True
