"""The table of stores, all of which pass the same tests.

A name begins with the name of its server, up to the first dash (``postgres-asyncpg``). The tests of stores
with the same server run in one worker, which starts the server once.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

import redis
import redis.asyncio

from tests.replay.helpers import Blocking, Opener, Servers, Subject, loop_thread
from tests.replay.servers import redis_cluster, redis_server
from tests.replay.stores_django import DJANGO_STORES
from tests.replay.stores_sql import SQL_STORES
from webhook_verify.replay import AsyncRedisStore, MemoryStore, RedisStore

__all__ = ["STORES"]


@contextmanager
def memory(servers: Servers) -> Generator[Subject]:
    store = MemoryStore()
    yield Subject(store, lambda key, seconds: age_in_memory(store, key, seconds))


def age_in_memory(store: MemoryStore, key: str, seconds: float) -> None:
    """Make a record older by its private data. Moving the clock would make all keys older."""
    from webhook_verify.replay import memory as inside

    short = inside._short(key)
    records = store._completed._records[short[0]]
    if key in store._held:
        held = store._held[key]
        held.until -= seconds
        held.kept_until -= seconds
    if short in records:
        record = records[short]
        size = inside._SECONDS.size
        records[short] = inside._SECONDS.pack(inside._until(record) - seconds) + record[size:]


@contextmanager
def redis_bytes(servers: Servers, *, decoded: bool = False) -> Generator[Subject]:
    url = servers.use(redis_server).url
    with redis.Redis.from_url(url, decode_responses=decoded) as client:
        yield Subject(RedisStore(client), lambda key, seconds: age_in_redis(client, key, seconds))


@contextmanager
def redis_async(servers: Servers, *, decoded: bool = False) -> Generator[Subject]:
    url = servers.use(redis_server).url
    with loop_thread() as loop, redis.Redis.from_url(url) as client:
        store = AsyncRedisStore.from_url(url, decode_responses=decoded)
        yield Subject(Blocking(store, loop), lambda key, seconds: age_in_redis(client, key, seconds))
        loop.run(store.aclose())


@contextmanager
def redis_in_cluster(servers: Servers) -> Generator[Subject]:
    port = servers.use(redis_cluster)[0].port
    with redis.RedisCluster("127.0.0.1", port) as client:
        yield Subject(RedisStore(client), lambda key, seconds: age_in_redis(client, key, seconds))


@contextmanager
def redis_in_cluster_async(servers: Servers) -> Generator[Subject]:
    port = servers.use(redis_cluster)[0].port
    with loop_thread() as loop, redis.RedisCluster("127.0.0.1", port) as client:
        theirs = redis.asyncio.RedisCluster("127.0.0.1", port)
        subject = Blocking(AsyncRedisStore(theirs), loop)
        yield Subject(subject, lambda key, seconds: age_in_redis(client, key, seconds))
        loop.run(theirs.aclose())


def age_in_redis(client: Any, key: str, seconds: float, prefix: str = "webhook_verify:") -> None:
    """Make a record older by its data: the end of its lease, and the time to live of the key."""
    name = f"{prefix}{{{key}}}"
    found = client.get(name)
    if found is None:
        return
    ends, token = (found if isinstance(found, str) else found.decode()).split(" ")
    if ends != "0":
        ends = str(max(1, int(ends) - round(seconds * 1e6)))
    left = client.pttl(name) - round(seconds * 1e3)
    if left > 0:
        client.set(name, f"{ends} {token}", px=left)
    else:
        client.delete(name)


STORES: dict[str, Opener] = {
    "memory": memory,
    "redis": redis_bytes,
    "redis-decoded": partial(redis_bytes, decoded=True),
    "redis-async": redis_async,
    "redis-async-decoded": partial(redis_async, decoded=True),
    "redis-cluster": redis_in_cluster,
    "redis-cluster-async": redis_in_cluster_async,
    **SQL_STORES,
    **DJANGO_STORES,
}
