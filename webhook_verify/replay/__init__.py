"""Replay protection: run the handler once per message, and accept a retry after a failure.

A message id is claimed under a lease before the handler runs, completed when the handler returns a 2xx
response, and released when it fails, so that the sender's retry is handled.

| State of the message id | Response |
| --- | --- |
| new, or its lease has expired | the handler's response |
| in flight elsewhere | 503 with `Retry-After`; the sender retries |
| completed | 200 with `Idempotent-Replayed: true`, without running the handler |
| store unreachable | 503 with `Retry-After`; the delivery is not handled, and the sender retries |
"""

from webhook_verify.replay.claim import current_async_claim, current_claim
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.replay.memory import MemoryStore
from webhook_verify.replay.store import AsyncReplayStore, ClaimOutcome, ClaimState, ReplayStore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from webhook_verify.replay.lazy import AsyncLazyStore, LazyStore
    from webhook_verify.replay.redis import AsyncRedisStore, RedisStore
    from webhook_verify.replay.sql import AsyncSQLStore, SQLStore

__all__ = [
    "AsyncLazyStore",
    "AsyncRedisStore",
    "AsyncReplayStore",
    "AsyncSQLStore",
    "ClaimOutcome",
    "ClaimState",
    "LazyStore",
    "MemoryStore",
    "RedisStore",
    "ReplayGuard",
    "ReplayStore",
    "SQLStore",
    "current_async_claim",
    "current_claim",
]

# Imported on first use, because each of these modules needs the driver of its store.
_LAZY = {
    "AsyncLazyStore": "lazy",
    "AsyncRedisStore": "redis",
    "AsyncSQLStore": "sql",
    "LazyStore": "lazy",
    "RedisStore": "redis",
    "SQLStore": "sql",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
