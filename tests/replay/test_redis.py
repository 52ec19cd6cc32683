"""Additional rules of the Redis stores: commands, keys, expiry and failures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from functools import partial
from itertools import count
from typing import Any

import pytest
import redis
import redis.asyncio

from tests.replay.helpers import Servers, skipping
from tests.replay.servers import RedisServer, redis_cluster, redis_server
from webhook_verify.replay import AsyncRedisStore, ClaimState, RedisStore, ReplayGuard

pytestmark = [pytest.mark.xdist_group("redis"), pytest.mark.server]

LEASE = 60.0
KEEP = 345_600.0
URL = "redis://localhost"

_numbers = count()


def new_key() -> str:
    return f"{next(_numbers)}{ReplayGuard.new_token()}"


def claim(store: RedisStore, key: str, token: str = "token") -> ClaimState:
    return store.claim(key, token, lease=LEASE, retention=KEEP).state


@pytest.fixture
def server(servers: Servers) -> RedisServer:
    """The server that all tests share."""
    with skipping():
        return servers.use(redis_server)


@pytest.fixture
def client(server: RedisServer) -> Generator[Any]:
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        yield client


@pytest.fixture
def own_server() -> Generator[RedisServer]:
    """A server of the test's own, which keeps what it answered, to be stopped and to be killed."""
    with skipping(), redis_server(durable=True) as server:
        yield server


@pytest.fixture
def store(server: RedisServer) -> Generator[RedisStore]:
    store = RedisStore.from_url(server.url)
    yield store
    store.close()


@pytest.mark.parametrize("wrong", [None, URL, object(), redis.Redis], ids=["none", "url", "object", "class"])
@pytest.mark.parametrize("kind", [RedisStore, AsyncRedisStore])
def test_what_is_no_client_is_refused(kind: Any, wrong: object) -> None:
    with pytest.raises(TypeError, match=r"client must be a"):
        kind(wrong)


def test_a_client_of_the_other_world_is_refused() -> None:
    blocking: Any = redis.Redis()
    awaited: Any = redis.asyncio.Redis()
    with pytest.raises(TypeError, match=r"not 'redis\.asyncio\.client\.Redis'"):
        RedisStore(awaited)
    with pytest.raises(TypeError, match=r"not 'redis\.client\.Redis'"):
        AsyncRedisStore(blocking)


@pytest.mark.parametrize("kind", [RedisStore, AsyncRedisStore])
def test_a_prefix_that_would_put_all_keys_on_one_node_is_refused(kind: Any) -> None:
    with pytest.raises(ValueError, match="braces"):
        kind.from_url(URL, prefix="{webhooks}:")
    with pytest.raises(TypeError, match="prefix must be a str, not 'bytes'"):
        kind.from_url(URL, prefix=b"webhooks:")


def test_a_url_that_names_no_redis_is_refused() -> None:
    with pytest.raises(ValueError, match="redis://"):
        RedisStore.from_url("http://localhost")


def test_a_store_shows_no_password() -> None:
    for store in (
        RedisStore.from_url("redis://:p4ss@localhost"),
        AsyncRedisStore.from_url(URL + "?password=p4ss"),
    ):
        assert "p4ss" not in repr(store)


def test_a_delivery_is_one_key_that_redis_forgets_by_itself(store: RedisStore, client: Any) -> None:
    key = new_key()
    claim(store, key)
    name = f"webhook_verify:{{{key}}}"
    assert client.keys(f"*{key}*") == [name]
    assert KEEP - 60 < client.ttl(name) <= KEEP

    store.complete(key, "token", retention=100)
    assert client.get(name) == "0 token"
    assert 40 < client.ttl(name) <= 100

    store.release(key, "token")
    assert client.exists(name)


def test_stores_with_different_prefixes_do_not_see_each_other(client: Any) -> None:
    key = new_key()
    stores = [RedisStore(client, prefix=f"{key}:{number}:") for number in range(2)]

    assert [claim(store, key) for store in stores] == [ClaimState.CLAIMED] * 2
    assert [claim(store, key, "other") for store in stores] == [ClaimState.IN_FLIGHT] * 2


def test_a_call_is_one_command(store: RedisStore, client: Any) -> None:
    key = new_key()
    claim(store, new_key())
    store.complete(new_key(), "token", retention=KEEP)  # from now on the server knows the scripts
    client.config_resetstat()
    claim(store, key)
    store.complete(key, "token", retention=KEEP)

    sent = {name: stats["calls"] for name, stats in client.info("commandstats").items() if "eval" in name}
    assert sent == {"cmdstat_evalsha": 2}


def test_a_server_that_forgot_the_scripts_is_told_once(store: RedisStore, client: Any) -> None:
    client.script_flush()
    client.config_resetstat()
    assert [claim(store, new_key()) for _ in range(5)] == [ClaimState.CLAIMED] * 5

    sent = {name: stats["calls"] for name, stats in client.info("commandstats").items() if "eval" in name}
    assert sent == {"cmdstat_evalsha": 5, "cmdstat_eval": 1}


def test_a_lease_is_measured_to_the_microsecond(store: RedisStore, client: Any) -> None:
    """Lua writes a large number with 14 digits, which would round these to a tenth of a millisecond."""
    key = new_key()
    lease = 0.000_001 * 123_456_789
    store.claim(key, "token", lease=lease, retention=KEEP)
    seconds, microseconds = client.time()
    ends = int(client.get(f"webhook_verify:{{{key}}}").split(" ")[0])

    assert 0 <= seconds * 1_000_000 + microseconds + 123_456_789 - ends < 1_000_000
    ends_of_many = set()
    for _ in range(20):
        store.extend(key, "token", lease=lease)
        ends_of_many.add(int(client.get(f"webhook_verify:{{{key}}}").split(" ")[0]) % 100)
    assert len(ends_of_many) > 1


@pytest.mark.parametrize("kept", ["junk", "12 ", "0", ""], ids=repr)
def test_what_no_store_wrote_is_an_error(store: RedisStore, client: Any, kept: str) -> None:
    """Never a claim, and nobody's: it stays as it is."""
    key = new_key()
    client.set(f"webhook_verify:{{{key}}}", kept)
    with pytest.raises(redis.ResponseError):
        claim(store, key)
    assert not store.extend(key, "token", lease=LEASE)
    assert not store.complete(key, "token", retention=KEEP)
    assert not store.release(key, "token")
    assert client.get(f"webhook_verify:{{{key}}}") == kept


def test_a_key_of_another_type_is_an_error(store: RedisStore, client: Any) -> None:
    key = new_key()
    client.rpush(f"webhook_verify:{{{key}}}", "something")
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        claim(store, key)


def test_a_full_server_that_evicts_nothing_refuses_a_claim(own_server: RedisServer) -> None:
    store = RedisStore.from_url(own_server.url)
    key = new_key()
    claim(store, key)
    with redis.Redis.from_url(own_server.url) as client:
        client.config_set("maxmemory", 1)
        with pytest.raises(redis.ResponseError, match="memory"):
            claim(store, new_key())
        client.config_set("maxmemory", 0)
    assert claim(store, key, "other") == ClaimState.IN_FLIGHT
    store.close()


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_what_was_answered_outlives_the_server(own_server: RedisServer, how: str) -> None:
    """With an append-only file, and the client finds its server again by itself."""
    store = RedisStore.from_url(own_server.url)
    done, held = new_key(), new_key()
    claim(store, done)
    store.complete(done, "token", retention=KEEP)
    claim(store, held)
    getattr(own_server, how)()
    own_server.start()

    assert claim(store, done, "other") == ClaimState.COMPLETED
    assert claim(store, held, "other") == ClaimState.IN_FLIGHT
    assert store.complete(held, "token", retention=KEEP)
    store.close()


CALLS: dict[str, Callable[..., object]] = {
    "claim": partial(RedisStore.claim, lease=LEASE, retention=KEEP),
    "extend": partial(RedisStore.extend, lease=LEASE),
    "complete": partial(RedisStore.complete, retention=KEEP),
    "release": RedisStore.release,
}


@pytest.mark.parametrize("name", CALLS)
def test_a_server_that_is_gone_is_an_error_at_once(own_server: RedisServer, name: str) -> None:
    store = RedisStore.from_url(own_server.url)
    own_server.stop()
    start = time.monotonic()
    with pytest.raises(redis.ConnectionError):
        CALLS[name](store, new_key(), "token")
    assert time.monotonic() - start < 2
    store.close()


def test_a_server_that_hangs_is_an_error_after_the_timeout(own_server: RedisServer) -> None:
    """And the claim of a lost answer is the caller's own when it asks again."""
    store = RedisStore.from_url(own_server.url, socket_timeout=0.2)
    key = new_key()
    own_server.pause()
    start = time.monotonic()
    with pytest.raises(redis.TimeoutError):
        claim(store, key)
    assert time.monotonic() - start < 2
    own_server.resume()

    assert claim(store, key) == ClaimState.CLAIMED
    assert claim(store, key, "other") == ClaimState.IN_FLIGHT
    store.close()


def test_an_awaited_store_that_is_gone_or_hangs_is_an_error(own_server: RedisServer) -> None:
    async def ask() -> None:
        store = AsyncRedisStore.from_url(own_server.url, socket_timeout=0.2)
        own_server.pause()
        with pytest.raises(redis.TimeoutError):
            await store.claim("key", "token", lease=LEASE, retention=KEEP)
        own_server.resume()
        own_server.stop()
        with pytest.raises(redis.ConnectionError):
            await store.claim("key", "token", lease=LEASE, retention=KEEP)
        await store.aclose()

    asyncio.run(ask())


def test_a_call_that_is_cancelled_leaves_no_answer_for_the_next(server: RedisServer) -> None:
    """The connection of a cancelled call must not be used again with its answer still to come."""

    async def ask() -> None:
        store = AsyncRedisStore.from_url(server.url, max_connections=2)
        done = new_key()
        await store.complete(done, "token", retention=KEEP)
        for number in range(60):
            call = asyncio.create_task(store.claim(done, "other", lease=LEASE, retention=KEEP))
            await asyncio.sleep(0.000_02 * number)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            outcome = await store.claim(new_key(), "token", lease=LEASE, retention=KEEP)
            assert outcome.state == ClaimState.CLAIMED
        await store.aclose()

    asyncio.run(ask())


def test_the_deliveries_spread_over_the_nodes_of_a_cluster(servers: Servers) -> None:
    with skipping():
        nodes = servers.use(redis_cluster)
    with redis.RedisCluster("127.0.0.1", nodes[0].port) as client:
        prefix = f"{ReplayGuard.new_token()}:"
        store = RedisStore(client, prefix=prefix)
        for _ in range(60):
            claim(store, new_key())

    shares = []
    for node in nodes:
        with redis.Redis.from_url(node.url) as client_of_node:
            shares.append(len(client_of_node.keys(f"{prefix}*")))
    assert sum(shares) == 60
    assert min(shares) >= 5
