"""Inboxes on stores in memory, and what the tests put into them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from webhook_verify import Delivery
from webhook_verify.delivery import get_parts
from webhook_verify.inbox import AsyncMemoryInboxStore, MemoryInboxStore, NewEntry, WorkerOptions
from webhook_verify.inbox.entries import Entry, PutOutcome
from webhook_verify.inbox.processing import AsyncInboxProcessing, InboxProcessing
from webhook_verify.sealed import restore_delivery
from webhook_verify.sealing import header_of
from webhook_verify.testing import delivery as test_delivery

__all__ = ["FAST", "AsyncMemoryInbox", "MemoryInbox", "SettableClock", "new_entry"]

FAST = WorkerOptions(poll=0.02, grace=5)

_numbers = count(1)


class SettableClock:
    """A clock of which a test sets the time."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def new_entry(
    event_type: str | None = "invoice.paid",
    *,
    lane: str = "",
    key: str = "",
    data: Any = None,
    headers: tuple[tuple[str, str], ...] = (),
    received_at: float = 1_700_000_000.0,
) -> NewEntry:
    """Return a new entry with a genuine delivery of this type."""
    number = next(_numbers)
    payload = {"data": data} if event_type is None else {"type": event_type, "data": data}
    delivery = test_delivery(json.dumps(payload).encode(), id=f"msg_{number}", timestamp=received_at)
    return NewEntry(
        key=key or f"{number:043}",
        namespace="",
        lane=lane,
        message_id=delivery.id,
        event_type=delivery.event_type,
        scheme=delivery.scheme,
        secret_label=delivery.secret_label,
        received_at=received_at,
        headers=headers,
        parts=header_of(get_parts(delivery), "", "", received_at),
        body=delivery.body,
    )


class MemoryInbox(InboxProcessing):
    """A synchronous inbox."""

    store: Any

    def __init__(self, store: Any = None, *, clock: Callable[[], float] = time.time) -> None:
        self.store = MemoryInboxStore(clock=clock) if store is None else store
        self.worker_options = FAST

    def delivery(self, entry: Entry) -> Delivery:
        return restore_delivery(entry.stored.parts, entry.stored.body)

    def put(self, event_type: str | None = "invoice.paid", **options: Any) -> int:
        outcome: PutOutcome = self.store.put(new_entry(event_type, **options))
        return outcome.id

    def entry(self, id: int) -> Entry:
        entry: Entry | None = self.store.get(id)
        assert entry is not None
        return entry

    def state(self, id: int) -> str:
        return str(self.entry(id).state)


class AsyncMemoryInbox(AsyncInboxProcessing):
    """An async inbox."""

    store: Any

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self.store = AsyncMemoryInboxStore(clock=clock)
        self.worker_options = FAST

    def delivery(self, entry: Entry) -> Delivery:
        return restore_delivery(entry.stored.parts, entry.stored.body)

    def put(self, event_type: str | None = "invoice.paid", **options: Any) -> int:
        outcome: PutOutcome = self.store.entries.put(new_entry(event_type, **options))
        return outcome.id

    def entry(self, id: int) -> Entry:
        entry: Entry | None = self.store.entries.get(id)
        assert entry is not None
        return entry

    def state(self, id: int) -> str:
        return str(self.entry(id).state)
