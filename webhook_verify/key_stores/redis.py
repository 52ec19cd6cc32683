"""A key store in Redis, for the processes of many machines."""

from __future__ import annotations

import time
from typing import Any

try:
    import redis
except ImportError as _missing:
    raise ImportError("RedisKeyStore needs redis-py: pip install 'webhook-verify[redis]'") from _missing

from webhook_verify.forks import PerProcess
from webhook_verify.key_stores.base import MAX_NAMES
from webhook_verify.tracebacks import safe_repr

__all__ = ["DEFAULT_PREFIX", "RedisKeyStore"]

DEFAULT_PREFIX = "webhook_verify:keys:"
_TIMEOUT_SECONDS = 2.0


@safe_repr
class RedisKeyStore:
    """A key store with one sorted set per scheme, by the time at which a name was added.

    Args:
        client: A client of redis-py, `redis.Redis` or `redis.RedisCluster`.
        prefix: The beginning of the set's name in Redis.
    """

    def __init__(self, client: Any, *, prefix: str = DEFAULT_PREFIX) -> None:
        self._clients: PerProcess[Any] = PerProcess(lambda: client)
        self._prefix = prefix

    @classmethod
    def from_url(cls, url: str, *, prefix: str = DEFAULT_PREFIX) -> RedisKeyStore:
        """Create a store with its own client. Each forked process creates the client again.

        Args:
            url: The URL of the server, such as ``redis://localhost:6379/0``.
            prefix: The beginning of the set's name in Redis.

        Returns:
            The store.

        Raises:
            ValueError: If `url` is invalid.
        """
        timeouts = {"socket_timeout": _TIMEOUT_SECONDS, "socket_connect_timeout": _TIMEOUT_SECONDS}

        def connect() -> Any:
            client: Any = redis.Redis
            return client.from_url(url, **timeouts)

        store = cls(connect(), prefix=prefix)
        store._clients = PerProcess(connect)
        return store

    def load(self, scheme: str) -> list[str]:
        """Return the names of a scheme's keys, oldest first.

        Args:
            scheme: The name of the scheme.

        Returns:
            The names.

        Raises:
            redis.RedisError: If the server cannot be reached.
        """
        names = self._clients.get().zrange(self._prefix + scheme, -MAX_NAMES, -1)
        return [name.decode("utf-8", "replace") if isinstance(name, bytes) else name for name in names]

    def add(self, scheme: str, name: str) -> None:
        """Add the name of a key that has verified a delivery.

        Args:
            scheme: The name of the scheme.
            name: The name of the key.

        Raises:
            redis.RedisError: If the server cannot be reached.
        """
        client = self._clients.get()
        client.zadd(self._prefix + scheme, {name: time.time()})
        client.zremrangebyrank(self._prefix + scheme, 0, -MAX_NAMES - 1)

    def __repr__(self) -> str:
        return f"RedisKeyStore(prefix={self._prefix!r})"
