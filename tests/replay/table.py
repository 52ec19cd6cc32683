"""The table of stores: every one of them passes the same suite.

A name begins with what its server is called, up to the first dash (``postgres-asyncpg``): the tests of
stores that share a server run in one worker, which starts it once.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import redis
import redis.asyncio

from tests.replay.parts import Blocking, Opener, Servers, Subject, loop_thread
from tests.replay.servers import redis_server
from webhook_verify.replay import AsyncRedisStore, MemoryStore, RedisStore

__all__ = ["STORES"]


@contextmanager
def memory(servers: Servers) -> Generator[Subject]:
    store = MemoryStore()
    yield Subject(store, lambda key, seconds: age_in_memory(store, key, seconds))


def age_in_memory(store: MemoryStore, key: str, seconds: float) -> None:
    """Reaches into the store: a clock that goes on would make every key older."""
    from webhook_verify.replay import memory as inside

    short = inside._short(key)
    records = store._completed._records[short[0]]
    if short in store._held:
        held = store._held[short]
        held.until -= seconds
        held.kept_until -= seconds
    if short in records:
        record = records[short]
        size = inside._SECONDS.size
        records[short] = inside._SECONDS.pack(inside._until(record) - seconds) + record[size:]


@contextmanager
def on_redis(servers: Servers, *, decoded: bool) -> Generator[Subject]:
    url = servers.use(redis_server).url
    with redis.Redis.from_url(url, decode_responses=decoded) as client:
        yield Subject(RedisStore(client), lambda key, seconds: age_in_redis(url, key, seconds))


@contextmanager
def redis_bytes(servers: Servers) -> Generator[Subject]:
    with on_redis(servers, decoded=False) as subject:
        yield subject


@contextmanager
def redis_decoded(servers: Servers) -> Generator[Subject]:
    with on_redis(servers, decoded=True) as subject:
        yield subject


@contextmanager
def redis_async(servers: Servers) -> Generator[Subject]:
    url = servers.use(redis_server).url
    with loop_thread() as loop:
        store = AsyncRedisStore.from_url(url)
        yield Subject(Blocking(store, loop), lambda key, seconds: age_in_redis(url, key, seconds))
        loop.run(store.aclose())


def age_in_redis(url: str, key: str, seconds: float) -> None:
    name = f"webhook_verify:{{{key}}}"
    with redis.Redis.from_url(url, decode_responses=True) as client:
        found = client.get(name)
        if not isinstance(found, str):
            return
        ends, token = found.split(" ")
        if ends != "0":
            ends = str(max(1, int(ends) - int(seconds * 1e6)))
        left = client.pttl(name) - int(seconds * 1e3)
        client.set(name, f"{ends} {token}", px=max(left, 1))
        if left <= 0:
            client.delete(name)


STORES: dict[str, Opener] = {
    "memory": memory,
    "redis": redis_bytes,
    "redis-decoded": redis_decoded,
    "redis-async": redis_async,
}
