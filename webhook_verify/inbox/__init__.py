"""The inbox: a delivery is stored before it is acknowledged, and then processed with retries.

`entries` has the rows, `store` the calls of a store. Nothing here verifies a delivery.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from webhook_verify.inbox.entries import Entry, EntryState, NewEntry, PutOutcome
    from webhook_verify.inbox.memory import MemoryInboxStore
    from webhook_verify.inbox.memory_async import AsyncMemoryInboxStore
    from webhook_verify.inbox.observer import InboxObserver
    from webhook_verify.inbox.retries import Backoff, Poison, Retry
    from webhook_verify.inbox.steps import WorkerOptions
    from webhook_verify.inbox.store import InboxStore, LeaseLost

__all__ = [
    "AsyncMemoryInboxStore",
    "Backoff",
    "Entry",
    "EntryState",
    "InboxObserver",
    "InboxStore",
    "LeaseLost",
    "MemoryInboxStore",
    "NewEntry",
    "Poison",
    "PutOutcome",
    "Retry",
    "WorkerOptions",
]

# Imported on first use, because a receiver needs only the rows.
_LAZY = {
    "AsyncMemoryInboxStore": "memory_async",
    "Backoff": "retries",
    "Entry": "entries",
    "EntryState": "entries",
    "InboxObserver": "observer",
    "InboxStore": "store",
    "LeaseLost": "store",
    "MemoryInboxStore": "memory",
    "NewEntry": "entries",
    "Poison": "retries",
    "PutOutcome": "entries",
    "Retry": "retries",
    "WorkerOptions": "steps",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
