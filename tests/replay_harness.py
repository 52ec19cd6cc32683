"""Receivers of each kind with replay protection, their stores, an unavailable store, and handlers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.signing import SECRET
from webhook_verify import AsyncReceiver, Delivery, Receiver, Signer, Verifier
from webhook_verify.receiver import RequestHead
from webhook_verify.receiver.receivers import _AwaitedReceiver
from webhook_verify.replay import ClaimOutcome, MemoryStore, ReplayGuard
from webhook_verify.testing import Clock

__all__ = [
    "BODY",
    "JSON",
    "KINDS",
    "LEASE",
    "VERIFIER",
    "AsyncStore",
    "BlockingStore",
    "Broken",
    "Handler",
    "ReceiverHarness",
    "broken",
    "fails",
    "in_a_thread",
    "never",
    "ok",
]

VERIFIER = Verifier(SECRET)
BODY = b'{"type": "invoice.paid"}'
LEASE = 50

Handler = Callable[[Delivery], int]


class AsyncStore:
    """An async memory store. ``calls`` contains the threads of its calls."""

    def __init__(self, store: Any) -> None:
        self.inner = store

    async def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        await asyncio.sleep(0)
        outcome: ClaimOutcome = self.inner.claim(key, token, lease=lease, retention=retention)
        return outcome

    async def extend(self, key: str, token: str, *, lease: float) -> bool:
        await asyncio.sleep(0)
        return bool(self.inner.extend(key, token, lease=lease))

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        await asyncio.sleep(0)
        return bool(self.inner.complete(key, token, retention=retention))

    async def release(self, key: str, token: str) -> bool:
        await asyncio.sleep(0)
        return bool(self.inner.release(key, token))


class BlockingStore(MemoryStore):
    """A memory store that counts as blocking: it must never be called on the event loop."""

    may_block = True

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        return super().claim(key, token, lease=lease, retention=retention)


class ReceiverHarness:
    """A receiver of one kind, with methods to post a request and to handle a delivery."""

    def __init__(self, kind: str, clock: Clock) -> None:
        store: Any = (BlockingStore if "blocking" in kind else MemoryStore)(clock=clock)
        self.kind = kind
        self.store = AsyncStore(store) if "awaited" in kind else store
        self.is_async = kind != "Receiver"

    def receiver(self, **options: Any) -> Any:
        options = {"replay": ReplayGuard(self.store, lease=LEASE), "verifier": VERIFIER, **options}
        if self.kind == "_AwaitedReceiver, blocking store":
            return _AwaitedReceiver(Receiver(**options), asyncio.to_thread)
        return (AsyncReceiver if self.is_async else Receiver)(**options)

    def post(
        self, receiver: Any, handler: Any, id: str = "msg_1", path: str = "/hook", defer: Any = None
    ) -> Any:
        """Post a delivery with this id, and return the handler's status or a WebhookResponse."""
        head = RequestHead("POST", path, Signer(SECRET).sign(BODY, id=id))
        if not self.is_async:
            return receiver.handle_request(head, [BODY], handler, int, defer)

        async def run(delivery: Delivery) -> int:
            status: Any = handler(delivery)
            if isinstance(status, Awaitable):
                status = await status
            return int(status)

        return asyncio.run(receiver.handle_request(head, [BODY], run, int, defer))


KINDS = [
    "Receiver",
    "AsyncReceiver, memory",
    "AsyncReceiver, awaited store",
    "AsyncReceiver, blocking store",
    "_AwaitedReceiver, blocking store",
]


def ok(delivery: Delivery) -> int:
    return 200


def never(delivery: Delivery) -> int:
    raise AssertionError("the handler ran again")


def fails(delivery: Delivery) -> int:
    raise LookupError("the handler's own")


JSON = ("content-type", "application/json")


def in_a_thread(function: Callable[[], Any]) -> Any:
    result: list[Any] = []
    thread = threading.Thread(target=lambda: result.append(function()))
    thread.start()
    thread.join()
    return result[0]


class Broken:
    """A wrapper of a store that is unavailable while ``down`` is true."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.down: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name in self.down:
            raise ConnectionError("no route to the store\nand a statement that is none of a log's business")
        return getattr(self.store, name)


def broken(world: ReceiverHarness) -> tuple[Any, Any]:
    receiver = world.receiver()
    store = Broken(receiver.replay_protection.guard.store)
    receiver.replay_protection.guard.store = store
    return receiver, store
