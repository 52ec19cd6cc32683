"""Replay stores in Redis (7 or newer) or Valkey, shared by many machines.

Each call is one script on one key, so it is atomic, and it runs on any node of a cluster. The clock is the
server's. A record is a string, ``<end of the lease in microseconds, 0 if completed> <token>``. The server
expires the keys, so nothing has to be pruned.
"""

from __future__ import annotations

import math
import os
from functools import partial
from typing import Any

try:
    import redis
    import redis.asyncio
    from redis.asyncio.retry import Retry as AsyncRetry
    from redis.backoff import NoBackoff
    from redis.exceptions import NoScriptError
    from redis.retry import Retry
except ImportError as _missing:
    raise ImportError("the Redis stores need redis-py: pip install 'webhook-verify[redis]'") from _missing

from webhook_verify.event_loops import BoundToLoop, PerLoop
from webhook_verify.forks import PerProcess
from webhook_verify.replay.redis_scripts import CLAIM, COMPLETE, EXTEND, RELEASE, Script
from webhook_verify.replay.store import RELEASED_RETENTION, ClaimOutcome, ClaimState

__all__ = ["DEFAULT_PREFIX", "DEFAULT_TIMEOUT", "AsyncRedisStore", "RedisStore"]

DEFAULT_PREFIX = "webhook_verify:"
DEFAULT_TIMEOUT = 2.0
"""Seconds. Senders wait 15 to 30 s for a response, and should receive a 503 before they time out."""

_STATES = {0: ClaimState.CLAIMED, -1: ClaimState.TAKEN_OVER, -2: ClaimState.COMPLETED}
_FIRST = ClaimOutcome(ClaimState.CLAIMED)
_MS_RELEASED = int(RELEASED_RETENTION * 1000)


class RedisStore:
    """Replay protection in Redis, with one round trip per call.

    Args:
        client: A `redis.Redis` or `redis.RedisCluster`, with or without `decode_responses`. Its timeouts and
            retries limit how long a call waits for an unreachable server.
        prefix: The beginning of all keys. Receivers can share a prefix, because a key contains a hash of the
            receiver's namespace.

    Raises:
        TypeError: If `client` is of another type, or `prefix` is not a str.
        ValueError: If `prefix` contains a brace.
    """

    is_shared_by_processes = True
    """Whether all processes have the same records."""

    def __init__(self, client: redis.Redis | redis.RedisCluster, *, prefix: str = DEFAULT_PREFIX) -> None:
        _check(client, (redis.Redis, redis.RedisCluster), "a redis.Redis or redis.RedisCluster")
        given: Any = client
        owner = os.getpid()
        self._clients: PerProcess[Any] = PerProcess(
            lambda: given if os.getpid() == owner else _in_child(given)
        )
        self._prefix = _checked_prefix(prefix)
        self.identity: object = _identity(client, prefix)

    @classmethod
    def from_url(cls, url: str, *, prefix: str = DEFAULT_PREFIX, **options: Any) -> RedisStore:
        """Return a store with its own client in each process.

        Args:
            url: The URL of the server, such as `redis://localhost:6379/0`.
            prefix: The beginning of all keys.
            **options: Passed to `redis.Redis.from_url`. By default a call waits `DEFAULT_TIMEOUT` seconds for
                the server, and is retried one time if the connection is broken.

        Returns:
            The store.

        Raises:
            TypeError: If `prefix` is not a str.
            ValueError: If `url` is invalid, or `prefix` contains a brace.
        """
        clients: Any = redis.Redis
        settings = _WAITING | {"retry": Retry(NoBackoff(), 1)} | options
        store = cls(clients.from_url(url, **settings), prefix=prefix)
        store._clients = PerProcess(partial(clients.from_url, url, **settings))
        return store

    def close(self) -> None:
        """Close the connections of this process."""
        self._clients.get().close()

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """Claim a delivery for one handler.

        Args:
            key: The storage key of the delivery.
            token: The token of this claim.
            lease: How many seconds the claim lasts.
            retention: How many seconds the record is kept.

        Returns:
            The state of the delivery; for a new claim also its attempt number.

        Raises:
            redis.RedisError: If the server cannot be reached or reports an error.
        """
        return _outcome(*self._run(CLAIM, key, token, _microseconds(lease), _milliseconds(retention)))

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Extend the lease of a claim.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.

        Raises:
            redis.RedisError: If the server cannot be reached or reports an error.
        """
        return bool(self._run(EXTEND, key, token, _microseconds(lease)) == 1)

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Record a delivery as completed.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token.

        Raises:
            redis.RedisError: If the server cannot be reached or reports an error.
        """
        return bool(self._run(COMPLETE, key, token, _milliseconds(retention)) == 1)

    def release(self, key: str, token: str) -> bool:
        """Release a claim, so that a retry is handled.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.

        Returns:
            Whether the token held the claim.

        Raises:
            redis.RedisError: If the server cannot be reached or reports an error.
        """
        return bool(self._run(RELEASE, key, token, _MS_RELEASED) == 1)

    def _run(self, script: Script, key: str, *arguments: str | int) -> Any:
        client, name = self._clients.get(), _name(self._prefix, key)
        try:
            answer: Any = client.evalsha(script.sha, 1, name, *arguments)
        except NoScriptError:  # after a restart of the server: this sends the text one time
            answer = client.eval(script.text, 1, name, *arguments)
        return answer


class AsyncRedisStore:
    """Replay protection in Redis for asyncio, with one round trip per call.

    Args:
        client: A `Redis` or `RedisCluster` of `redis.asyncio`. It belongs to the event loop that uses it
            first. `from_url` creates a store for every loop.
        prefix: The beginning of all keys.

    Raises:
        TypeError: If `client` is of another type, or `prefix` is not a str.
        ValueError: If `prefix` contains a brace.
    """

    is_shared_by_processes = True
    """Whether all processes have the same records."""

    def __init__(
        self, client: redis.asyncio.Redis | redis.asyncio.RedisCluster, *, prefix: str = DEFAULT_PREFIX
    ) -> None:
        kinds = (redis.asyncio.Redis, redis.asyncio.RedisCluster)
        _check(client, kinds, "a Redis or RedisCluster of redis.asyncio")
        self._clients: BoundToLoop[Any] | PerLoop[Any] = BoundToLoop(client, "the client", _ADVICE)
        self._prefix = _checked_prefix(prefix)
        self.identity: object = _identity(client, prefix)

    @classmethod
    def from_url(cls, url: str, *, prefix: str = DEFAULT_PREFIX, **options: Any) -> AsyncRedisStore:
        """Return a store with its own connections on each event loop, which are closed with the loop.

        Args:
            url: The URL of the server, such as `redis://localhost:6379/0`.
            prefix: The beginning of all keys.
            **options: Passed to `redis.asyncio.Redis.from_url`. By default a call waits `DEFAULT_TIMEOUT`
                seconds for the server, and is retried one time if the connection is broken.

        Returns:
            The store.

        Raises:
            TypeError: If `prefix` is not a str.
            ValueError: If `url` is invalid, or `prefix` contains a brace.
        """
        clients: Any = redis.asyncio.Redis
        settings = _WAITING | {"retry": AsyncRetry(NoBackoff(), 1)} | options
        store = cls(clients.from_url(url, **settings), prefix=prefix)
        store._clients = PerLoop("AsyncRedisStore", partial(clients.from_url, url, **settings), _aclose)
        return store

    @property
    def is_shared_by_event_loops(self) -> bool:
        """Whether every event loop can use this store."""
        return isinstance(self._clients, PerLoop)

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        if isinstance(self._clients, PerLoop):
            await self._clients.aclose()
        else:
            await self._clients.value.aclose()

    async def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """Claim a delivery for one handler.

        Args:
            key: The storage key of the delivery.
            token: The token of this claim.
            lease: How many seconds the claim lasts.
            retention: How many seconds the record is kept.

        Returns:
            The state of the delivery; for a new claim also its attempt number.

        Raises:
            redis.RedisError: If the server cannot be reached or reports an error.
            RuntimeError: If the client belongs to another event loop.
        """
        answer = await self._run(CLAIM, key, token, _microseconds(lease), _milliseconds(retention))
        return _outcome(*answer)

    async def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Extend the lease of a claim.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.

        Raises:
            redis.RedisError: If the server cannot be reached or reports an error.
            RuntimeError: If the client belongs to another event loop.
        """
        return bool(await self._run(EXTEND, key, token, _microseconds(lease)) == 1)

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Record a delivery as completed.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token.

        Raises:
            redis.RedisError: If the server cannot be reached or reports an error.
            RuntimeError: If the client belongs to another event loop.
        """
        return bool(await self._run(COMPLETE, key, token, _milliseconds(retention)) == 1)

    async def release(self, key: str, token: str) -> bool:
        """Release a claim, so that a retry is handled.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.

        Returns:
            Whether the token held the claim.

        Raises:
            redis.RedisError: If the server cannot be reached or reports an error.
            RuntimeError: If the client belongs to another event loop.
        """
        return bool(await self._run(RELEASE, key, token, _MS_RELEASED) == 1)

    async def _run(self, script: Script, key: str, *arguments: str | int) -> Any:
        client, name = self._clients.get(), _name(self._prefix, key)
        try:
            answer: Any = await client.evalsha(script.sha, 1, name, *arguments)
        except NoScriptError:
            answer = await client.eval(script.text, 1, name, *arguments)
        return answer


_ADVICE = (
    "Use AsyncRedisStore.from_url(), which opens connections for each event loop, or create a store for each "
    "event loop"
)
_WAITING: dict[str, Any] = {"socket_timeout": DEFAULT_TIMEOUT, "socket_connect_timeout": DEFAULT_TIMEOUT}


async def _aclose(client: Any) -> None:
    await client.aclose()


def _in_child(client: Any) -> Any:
    """Return a client for a child process that has the settings of the parent's client."""
    pool: Any = getattr(client, "connection_pool", None)
    # In a child, redis-py itself discards the connections of a pool, but under a lock that another thread of
    # the parent may have held at the fork. So a pool of a known class is created again.
    if type(pool) not in (redis.ConnectionPool, redis.BlockingConnectionPool):
        return client
    settings = {"connection_class": pool.connection_class, "max_connections": pool.max_connections}
    if isinstance(pool, redis.BlockingConnectionPool):
        settings["timeout"] = pool.timeout
    own = {"maint_notifications_pool_handler"}
    kwargs = {name: value for name, value in pool.connection_kwargs.items() if name not in own}
    return redis.Redis(connection_pool=type(pool)(**settings | kwargs))


def _check(client: object, kinds: tuple[type, ...], rule: str) -> None:
    if not isinstance(client, kinds):
        kind = f"{type(client).__module__}.{type(client).__name__}"
        raise TypeError(f"client must be {rule}, not {kind!r}")


def _identity(client: Any, prefix: str) -> object:
    """Return a value that is equal for all stores with the same records: server and prefix, or the client."""
    pool = getattr(client, "connection_pool", None)
    address = getattr(pool, "connection_kwargs", {})
    if not address.get("path") and not address.get("host"):
        return "redis", id(client), prefix  # a cluster, or a pool of an unknown class
    server = address.get("path") or (address.get("host"), address.get("port") or 6379)
    return "redis", server, address.get("db") or 0, prefix


def _checked_prefix(prefix: object) -> str:
    if not isinstance(prefix, str):
        raise TypeError(f"prefix must be a str, not {type(prefix).__name__!r}")
    if "{" in prefix:
        raise ValueError("prefix must not contain '{': Redis Cluster hashes only the part of a key in braces")
    return prefix


def _name(prefix: str, key: str) -> str:
    # A cluster hashes only the part in braces, so the deliveries are distributed over its nodes.
    return f"{prefix}{{{key}}}"


def _microseconds(seconds: float) -> int:
    return math.ceil(seconds * 1_000_000)


def _milliseconds(seconds: float) -> int:
    return math.ceil(seconds * 1_000)


def _outcome(answer: int, attempt: int) -> ClaimOutcome:
    if attempt == 1 and answer == 0:
        return _FIRST
    state = _STATES.get(answer)
    if state is None:
        return ClaimOutcome(ClaimState.IN_FLIGHT, answer / 1_000_000)
    return ClaimOutcome(state, attempt=attempt or 1)
