"""The inbox: a delivery is stored before it is acknowledged, and then processed with retries.

`Inbox` and `AsyncInbox` store deliveries. `entries` has the rows, `store` the calls of a store. `handoff`
gives deliveries to a queue engine instead, and `engines` has a module for each engine. Nothing here verifies
a delivery.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from webhook_verify.inbox.async_inbox import AsyncInbox
    from webhook_verify.inbox.async_store import AsyncInboxStore
    from webhook_verify.inbox.base import BackfillOutcome, PruneOutcome
    from webhook_verify.inbox.entries import Entry, EntryState, NewEntry, PutOutcome
    from webhook_verify.inbox.handoff import Handoff
    from webhook_verify.inbox.inbox import Inbox
    from webhook_verify.inbox.memory import MemoryInboxStore
    from webhook_verify.inbox.memory_async import AsyncMemoryInboxStore
    from webhook_verify.inbox.observer import InboxObserver
    from webhook_verify.inbox.retries import Backoff, Poison, Retry
    from webhook_verify.inbox.sql import AsyncSQLInboxStore, SQLInboxStore
    from webhook_verify.inbox.steps import WorkerOptions
    from webhook_verify.inbox.store import InboxStore, LeaseLost

__all__ = [
    "AsyncInbox",
    "AsyncInboxStore",
    "AsyncMemoryInboxStore",
    "AsyncSQLInboxStore",
    "BackfillOutcome",
    "Backoff",
    "Entry",
    "EntryState",
    "Handoff",
    "Inbox",
    "InboxObserver",
    "InboxStore",
    "LeaseLost",
    "MemoryInboxStore",
    "NewEntry",
    "Poison",
    "PruneOutcome",
    "PutOutcome",
    "Retry",
    "SQLInboxStore",
    "WorkerOptions",
]

# Imported on first use, because a receiver needs only the rows.
_LAZY = {
    "AsyncInbox": "async_inbox",
    "AsyncInboxStore": "async_store",
    "AsyncMemoryInboxStore": "memory_async",
    "AsyncSQLInboxStore": "sql",
    "BackfillOutcome": "base",
    "Backoff": "retries",
    "Entry": "entries",
    "EntryState": "entries",
    "Handoff": "handoff",
    "Inbox": "inbox",
    "InboxObserver": "observer",
    "InboxStore": "store",
    "LeaseLost": "store",
    "MemoryInboxStore": "memory",
    "NewEntry": "entries",
    "Poison": "retries",
    "PruneOutcome": "base",
    "PutOutcome": "entries",
    "Retry": "retries",
    "SQLInboxStore": "sql",
    "WorkerOptions": "steps",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
