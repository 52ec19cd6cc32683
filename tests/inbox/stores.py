"""The table of inbox stores, all of which pass the same tests.

A name begins with the name of its server, up to the first dash (``postgres-asyncpg``). The tests of stores
with the same server run in one worker, which starts the server once.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.inbox.helpers import Blocking, Opener, Subject
from tests.replay.helpers import Servers, loop_thread
from tests.replay.stores_sql import database_url
from webhook_verify.inbox import AsyncMemoryInboxStore, MemoryInboxStore
from webhook_verify.inbox.sql import AsyncSQLInboxStore, SQLInboxStore

__all__ = ["STORES", "age_in_table", "new_table"]

_numbers = count()

_BLOCKING = {
    "sqlite+aiosqlite": "sqlite",
    "postgresql+psycopg": "postgresql+psycopg",
    "postgresql+asyncpg": "postgresql+psycopg",
    "mysql+aiomysql": "mariadb+pymysql",
}


def new_table() -> str:
    return f"inbox_{os.getpid()}_{next(_numbers)}"


@contextmanager
def blocking(servers: Servers, *, driver: str, shared: bool = False) -> Generator[Subject]:
    with database_url(servers, driver) as url:
        engine, table = create_engine(url, pool_size=20), new_table()
        store = SQLInboxStore(engine if shared else url, table=table)
        store.create_table()
        yield Subject(store, partial(age_in_table, engine, table), table)
        store.close()
        engine.dispose()


@contextmanager
def for_asyncio(servers: Servers, *, driver: str, shared: bool = False) -> Generator[Subject]:
    with database_url(servers, driver) as url, loop_thread() as loop:
        engine, table = create_engine(url.replace(driver, _BLOCKING[driver])), new_table()
        theirs = create_async_engine(url)
        store = AsyncSQLInboxStore(theirs if shared else url, table=table)
        loop.run(store.create_table())
        wrapped: Any = Blocking(store, loop)
        yield Subject(wrapped, partial(age_in_table, engine, table), table)
        loop.run(store.aclose())
        loop.run(theirs.dispose())
        engine.dispose()


@contextmanager
def in_memory(servers: Servers) -> Generator[Subject]:
    store = MemoryInboxStore()
    yield Subject(store, partial(age_in_memory, store))


@contextmanager
def in_memory_for_asyncio(servers: Servers) -> Generator[Subject]:
    with loop_thread() as loop:
        store = AsyncMemoryInboxStore()
        wrapped: Any = Blocking(store, loop)
        yield Subject(wrapped, partial(age_in_memory, store.entries))


def age_in_memory(store: MemoryInboxStore, seconds: float) -> None:
    """Make all entries older."""
    with store._changed:
        rows = store._rows
        for number, entry in rows.entries.items():
            leased_until = None if entry.leased_until is None else entry.leased_until - seconds
            rows.entries[number] = replace(entry, due_at=entry.due_at - seconds, leased_until=leased_until)
        rows.ended = {number: at - seconds for number, at in rows.ended.items()}


def age_in_table(engine: Engine, table: str, seconds: float) -> None:
    """Make all entries older by their data."""
    columns = ("due_at", "claim_at", "leased_until", "ended_at")
    changes = ", ".join(f"{column} = {column} - :s" for column in columns)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {changes}"), {"s": seconds})


STORES: dict[str, Opener] = {
    "memory": in_memory,
    "memory-async": in_memory_for_asyncio,
    "sqlite": partial(blocking, driver="sqlite"),
    "sqlite-shared": partial(blocking, driver="sqlite", shared=True),
    "sqlite-aiosqlite": partial(for_asyncio, driver="sqlite+aiosqlite"),
    "postgres-psycopg": partial(blocking, driver="postgresql+psycopg"),
    "postgres-psycopg-shared": partial(blocking, driver="postgresql+psycopg", shared=True),
    "postgres-asyncpg": partial(for_asyncio, driver="postgresql+asyncpg"),
    "postgres-psycopg-async": partial(for_asyncio, driver="postgresql+psycopg", shared=True),
    "mariadb-pymysql": partial(blocking, driver="mariadb+pymysql"),
    "mariadb-aiomysql": partial(for_asyncio, driver="mysql+aiomysql", shared=True),
}
