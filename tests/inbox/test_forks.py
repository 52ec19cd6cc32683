"""An inbox store that was used before a fork claims each entry once, in all processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import create_engine

from tests.forks import CHILDREN, forking, in_children
from tests.inbox.helpers import claimed, new
from tests.inbox.stores import new_table
from tests.replay.helpers import Servers, skipping
from tests.replay.stores_sql import database_url
from webhook_verify.inbox.sql import AsyncSQLInboxStore, SQLInboxStore
from webhook_verify.replay import ReplayGuard

pytestmark = pytest.mark.server

PUTS = 8


@contextmanager
def blocking(servers: Servers, driver: str, *, shared: bool = False) -> Generator[SQLInboxStore]:
    with database_url(servers, driver) as url:
        engine = create_engine(url)
        store = SQLInboxStore(engine if shared else url, table=new_table())
        store.create_table()
        yield store
        store.close()
        engine.dispose()


@contextmanager
def for_asyncio(servers: Servers, driver: str) -> Generator[AsyncSQLInboxStore]:
    with database_url(servers, driver) as url:
        store = AsyncSQLInboxStore(url, table=new_table())
        asyncio.run(store.create_table())
        yield store


def unique() -> str:
    """Return a text that no other process returns. A forked counter would."""
    return ReplayGuard.new_token()


def put_and_finish(store: SQLInboxStore, lane: str) -> list[int]:
    """Put some entries, and return the numbers of those that this process has finished."""
    for _ in range(PUTS):
        assert store.put(new(lane, key=unique())).is_new
    tag, done = unique(), list[int]()
    while numbers := claimed(store, tag):
        assert store.finish(numbers[0], tag)
        done += numbers
    return done


async def put_and_finish_async(store: AsyncSQLInboxStore, lane: str) -> list[int]:
    for _ in range(PUTS):
        assert (await store.put(new(lane, key=unique()))).is_new
    tag, done = unique(), list[int]()
    while entries := await store.claim(tag, lease=60):
        assert await store.finish(entries[0].id, tag)
        done.append(entries[0].id)
    return done


def in_all_processes(work: Callable[[str], list[int]]) -> list[int]:
    """Work in this process before and after the fork, and in its children. Return all finished entries."""
    finished = [work("before")]
    parts = in_children(
        CHILDREN, lambda number: work(f"lane {number % 2}"), beside=lambda: finished.append(work("lane 0"))
    )
    assert all(isinstance(part, list) for part in parts), parts
    return [number for part in [*finished, *parts, work("after")] for number in part]


def opened(
    opener: Callable[[Servers], AbstractContextManager[Any]], servers: Servers, stack: ExitStack
) -> Any:
    with skipping():
        return stack.enter_context(opener(servers))


BLOCKING = {
    "sqlite-url": partial(blocking, driver="sqlite"),
    "sqlite-engine": partial(blocking, driver="sqlite", shared=True),
    "postgres-url": partial(blocking, driver="postgresql+psycopg"),
    "postgres-engine": partial(blocking, driver="postgresql+psycopg", shared=True),
    "mariadb-url": partial(blocking, driver="mariadb+pymysql"),
}
ASYNC = {
    "sqlite-aiosqlite": partial(for_asyncio, driver="sqlite+aiosqlite"),
    "postgres-asyncpg": partial(for_asyncio, driver="postgresql+asyncpg"),
    "mariadb-aiomysql": partial(for_asyncio, driver="mysql+aiomysql"),
}


def of(stores: dict[str, Any]) -> pytest.MarkDecorator:
    marks = {name: [pytest.mark.xdist_group(name.split("-")[0])] for name in stores}
    for name in marks.keys() - {"sqlite"}:
        marks[name].append(pytest.mark.slow)
    return pytest.mark.parametrize("name", [pytest.param(name, marks=each) for name, each in marks.items()])


@forking
@of(BLOCKING)
def test_a_store_that_was_used_before_a_fork(servers: Servers, name: str) -> None:
    with ExitStack() as stack:
        store = opened(BLOCKING[name], servers, stack)
        finished = in_all_processes(lambda lane: put_and_finish(store, lane))
        assert sorted(finished) == [entry.id for entry in store.list(limit=1000)]
        assert store.stats()["done"] == PUTS * (CHILDREN + 3)


@forking
@of(ASYNC)
def test_an_asyncio_store_that_was_used_before_a_fork(servers: Servers, name: str) -> None:
    with ExitStack() as stack:
        store = opened(ASYNC[name], servers, stack)
        finished = in_all_processes(lambda lane: asyncio.run(put_and_finish_async(store, lane)))
        assert len(finished) == len(set(finished)) == PUTS * (CHILDREN + 3)
