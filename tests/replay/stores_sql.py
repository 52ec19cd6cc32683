"""The SQL stores in the table: each driver, and a shared engine of the application."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.replay.helpers import Blocking, Opener, Servers, Subject, loop_thread, skipping
from tests.replay.servers_sql import mariadb, postgres
from webhook_verify.replay.sql import DEFAULT_TABLE, AsyncSQLStore, SQLStore

__all__ = ["SQL_STORES", "age_in_table", "database_url"]

_BLOCKING = {
    "sqlite": "sqlite",
    "sqlite+aiosqlite": "sqlite",
    "postgresql+psycopg": "postgresql+psycopg",
    "postgresql+asyncpg": "postgresql+psycopg",
    "mariadb+pymysql": "mariadb+pymysql",
    "mysql+aiomysql": "mariadb+pymysql",
}


@contextmanager
def database_url(servers: Servers, driver: str) -> Generator[str]:
    """Yield the URL of a database for this driver, or of a new SQLite file."""
    if driver.startswith("sqlite"):
        with tempfile.TemporaryDirectory() as directory:
            yield f"{driver}:///{Path(directory) / 'replay.db'}"
        return
    with skipping():
        start, database = (postgres, "postgres") if driver.startswith("postgresql") else (mariadb, "test")
        url = servers.use(start).url(driver, database)
    yield url


@contextmanager
def blocking(servers: Servers, *, driver: str, shared: bool = False) -> Generator[Subject]:
    with database_url(servers, driver) as url:
        engine = create_engine(url, pool_size=20)
        store = SQLStore(engine if shared else url)
        store.create_table()
        yield Subject(store, partial(age_in_table, engine))
        store.close()
        engine.dispose()


@contextmanager
def for_asyncio(servers: Servers, *, driver: str, shared: bool = False) -> Generator[Subject]:
    with database_url(servers, driver) as url, loop_thread() as loop:
        engine = create_engine(url.replace(driver, _BLOCKING[driver]))
        theirs = create_async_engine(url)
        store = AsyncSQLStore(theirs if shared else url)
        loop.run(store.create_table())
        yield Subject(Blocking(store, loop), partial(age_in_table, engine))
        loop.run(store.aclose())
        loop.run(theirs.dispose())
        engine.dispose()


def age_in_table(engine: Engine, key: str, seconds: float, table: str = DEFAULT_TABLE) -> None:
    """Make a record older by its data: the end of its lease and of its retention."""
    earlier = f"UPDATE {table} SET leased_until = leased_until - :s, kept_until = kept_until - :s"
    parameters: dict[str, Any] = {"s": seconds, "key": key}
    with engine.begin() as connection:
        connection.execute(text(f"{earlier} WHERE delivery_key = :key"), parameters)


SQL_STORES: dict[str, Opener] = {
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
