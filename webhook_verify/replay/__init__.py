"""Replay protection: handled once, lost never.

A message id is claimed under a lease before the handler runs, completed when the handler has answered
2xx, and released when it failed, so that the sender's retry is handled.

=========================== ==============================================
state of the id             answer
=========================== ==============================================
new, or its lease ran out   run the handler
in flight elsewhere         503 with Retry-After: the sender retries
completed                   200 without running the handler
store unreachable           503 with Retry-After: fail closed, nothing lost
=========================== ==============================================
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

# A store's driver is imported by who uses that store.
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
