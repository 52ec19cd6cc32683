"""A store that was used before a fork claims each message once, in all processes."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import pytest
import redis
from sqlalchemy import create_engine

from tests.forks import CHILDREN, calls, forking, in_children
from tests.replay.helpers import Servers, skipping
from tests.replay.servers import redis_server
from tests.replay.stores_django import cache_project, database_project, on_postgres
from tests.replay.stores_sql import database_url
from webhook_verify.replay import (
    AsyncRedisStore,
    AsyncSQLStore,
    ClaimState,
    MemoryStore,
    RedisStore,
    ReplayGuard,
    SQLStore,
)
from webhook_verify.replay.django import AsyncDjangoModelStore, DjangoCacheStore, DjangoModelStore

LEASE = {"lease": 60.0, "retention": 600.0}
RIGHT = ["claimed", "in_flight", True, "completed"]


def new_key() -> str:
    return ReplayGuard.new_token()


def is_right(store: Any, key: str) -> bool:
    """Whether a message's life in the store is as it should be; the response to another call would not be."""
    states: list[object] = [store.claim(key, "mine", **LEASE).state, store.claim(key, "other", **LEASE).state]
    states += [store.complete(key, "mine", retention=600.0), store.claim(key, "other", **LEASE).state]
    return states == RIGHT


async def is_right_async(store: Any, key: str) -> bool:
    states: list[object] = [(await store.claim(key, "mine", **LEASE)).state]
    states += [(await store.claim(key, "other", **LEASE)).state]
    states += [await store.complete(key, "mine", retention=600.0)]
    return [*states, (await store.claim(key, "other", **LEASE)).state] == RIGHT


# Stores that block


@contextmanager
def redis_by_url(servers: Servers) -> Generator[Any]:
    store = RedisStore.from_url(servers.use(redis_server).url)
    yield store
    store.close()


@contextmanager
def redis_by_client(servers: Servers) -> Generator[Any]:
    with redis.Redis.from_url(servers.use(redis_server).url) as client:
        yield RedisStore(client)


@contextmanager
def redis_by_blocking_pool(servers: Servers) -> Generator[Any]:
    pool = redis.BlockingConnectionPool.from_url(servers.use(redis_server).url, max_connections=2, timeout=9)
    yield RedisStore(redis.Redis(connection_pool=pool))
    pool.disconnect()


def sql_by_url(driver: str) -> Callable[[Servers], Any]:
    @contextmanager
    def opened(servers: Servers) -> Generator[Any]:
        with database_url(servers, driver) as url:
            store = SQLStore(url)
            store.create_table()
            yield store
            store.close()

    return opened


def sql_by_engine(driver: str) -> Callable[[Servers], Any]:
    @contextmanager
    def opened(servers: Servers) -> Generator[Any]:
        with database_url(servers, driver) as url:
            engine = create_engine(url)
            store = SQLStore(engine)
            store.create_table()
            yield store
            engine.dispose()

    return opened


@contextmanager
def django_cache_on_redis(servers: Servers) -> Generator[Any]:
    backend = "django.core.cache.backends.redis.RedisCache"
    with cache_project({"BACKEND": backend, "LOCATION": servers.use(redis_server).url}, "forks"):
        yield DjangoCacheStore("forks")


@contextmanager
def django_model_on_postgres(servers: Servers) -> Generator[Any]:
    with database_project(on_postgres(servers), "forks"):
        yield DjangoModelStore("forks")


BLOCKING = {
    "redis-url": redis_by_url,
    "redis-client": redis_by_client,
    "redis-blocking-pool": redis_by_blocking_pool,
    "sqlite-url": sql_by_url("sqlite"),
    "sqlite-engine": sql_by_engine("sqlite"),
    "postgres-url": sql_by_url("postgresql+psycopg"),
    "postgres-engine": sql_by_engine("postgresql+psycopg"),
    "mariadb-url": sql_by_url("mariadb+pymysql"),
    "redis-django": django_cache_on_redis,
    "postgres-django": django_model_on_postgres,
}


def of(stores: Any) -> pytest.MarkDecorator:
    """Each store as a row. Of the stores of one server, only the first is quick."""
    rows, servers = [], set[str]()
    for name in stores:
        server = name.split("-")[0]
        marks = [pytest.mark.xdist_group(server), *[pytest.mark.slow] * (server in servers)]
        servers.add(server)
        rows.append(pytest.param(name, marks=marks))
    return pytest.mark.parametrize("name", rows)


@forking
@calls
@of(BLOCKING)
def test_a_store_that_was_used_before_a_fork(servers: Servers, name: str, calls: int) -> None:
    with ExitStack() as stack:
        with skipping():
            store = stack.enter_context(BLOCKING[name](servers))
        keys = [[new_key() for _ in range(calls // 4 or 1)] for _ in range(CHILDREN + 1)]
        assert is_right(store, new_key())
        parent: list[int] = []
        right = in_children(
            CHILDREN,
            lambda number: sum(is_right(store, key) for key in keys[number]),
            beside=lambda: parent.append(sum(is_right(store, key) for key in keys[-1])),
        )
        assert [*right, *parent] == [len(keys[0])] * (CHILDREN + 1)
        assert is_right(store, new_key())
        assert store.claim(keys[0][0], "another", **LEASE).state == ClaimState.COMPLETED


def is_right_at(store: Any, keys: list[str], number: int) -> bool:
    return is_right(store, keys[number])


@pytest.mark.slow
@forking
@of(["redis-url", "redis-client", "postgres-url", "sqlite-url"])
def test_threads_that_use_a_store_at_the_fork_do_not_hold_up_a_child(servers: Servers, name: str) -> None:
    with ExitStack() as stack:
        with skipping():
            store = stack.enter_context(BLOCKING[name](servers))
        over = threading.Event()

        def hammer() -> None:
            while not over.is_set():
                store.claim(new_key(), "mine", **LEASE)

        threads = [threading.Thread(target=hammer) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(5):
                keys = [new_key() for _ in range(2)]
                assert in_children(2, partial(is_right_at, store, keys)) == [True] * 2
        finally:
            over.set()
            for thread in threads:
                thread.join()


@pytest.mark.slow
@forking
def test_threads_that_use_the_memory_store_at_the_fork_leave_a_child_a_whole_one() -> None:
    store = MemoryStore()
    over = threading.Event()

    def hammer() -> None:
        while not over.is_set():
            is_right(store, new_key())

    threads = [threading.Thread(target=hammer) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(30):
            assert in_children(1, lambda number: all(is_right(store, new_key()) for _ in range(100))) == [
                True
            ]
    finally:
        over.set()
        for thread in threads:
            thread.join()


# Stores for asyncio


def async_sql(driver: str) -> Callable[[Servers], Any]:
    @contextmanager
    def opened(servers: Servers) -> Generator[Any]:
        with database_url(servers, driver) as url:
            store = AsyncSQLStore(url)
            asyncio.run(store.create_table())
            yield store

    return opened


@contextmanager
def async_redis(servers: Servers) -> Generator[Any]:
    yield AsyncRedisStore.from_url(servers.use(redis_server).url)


@contextmanager
def async_django_model(servers: Servers) -> Generator[Any]:
    with database_project(on_postgres(servers), "forks"):
        yield AsyncDjangoModelStore("forks")


ASYNC = {
    "redis-url": async_redis,
    "sqlite-aiosqlite": async_sql("sqlite+aiosqlite"),
    "postgres-asyncpg": async_sql("postgresql+asyncpg"),
    "postgres-psycopg": async_sql("postgresql+psycopg"),
    "mariadb-aiomysql": async_sql("mariadb+aiomysql"),
    "postgres-django": async_django_model,
}


@forking
@calls
@of(ASYNC)
def test_an_asyncio_store_that_was_used_before_a_fork(servers: Servers, name: str, calls: int) -> None:
    async def right_of(store: Any, keys: list[str]) -> int:
        return sum([await is_right_async(store, key) for key in keys])

    with ExitStack() as stack:
        with skipping():
            store = stack.enter_context(ASYNC[name](servers))
        keys = [[new_key() for _ in range(calls // 4 or 1)] for _ in range(CHILDREN + 1)]
        assert asyncio.run(is_right_async(store, new_key()))
        parent: list[int] = []
        right = in_children(
            CHILDREN,
            lambda number: asyncio.run(right_of(store, keys[number])),
            beside=lambda: parent.append(asyncio.run(right_of(store, keys[-1]))),
        )
        assert [*right, *parent] == [len(keys[0])] * (CHILDREN + 1)


@forking
def test_a_fork_of_which_python_is_not_told(servers: Servers) -> None:
    """As uWSGI forks: no hook runs, so the process id is all that tells."""
    import ctypes

    with skipping():
        store = RedisStore.from_url(servers.use(redis_server).url)
    before = os.getpid()
    assert is_right(store, new_key())
    (result,) = in_children(
        1, lambda number: os.getpid() != before and is_right(store, new_key()), ctypes.PyDLL(None).fork
    )
    assert result is True
    store.close()
