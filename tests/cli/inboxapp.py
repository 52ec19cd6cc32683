"""An application with an inbox in memory, which tests copy into their folder: one entry in each state."""

from __future__ import annotations

from webhook_verify import Delivery
from webhook_verify.delivery import get_parts
from webhook_verify.inbox import MemoryInboxStore, NewEntry, WorkerOptions
from webhook_verify.inbox.entries import Entry
from webhook_verify.inbox.processing import InboxProcessing
from webhook_verify.sealed import restore_delivery
from webhook_verify.sealing import header_of
from webhook_verify.testing import delivery

SIGNATURE = "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="


class MemoryInbox(InboxProcessing):
    """An inbox in memory."""

    worker_options = WorkerOptions(poll=0.05)

    def __init__(self, number: int = 0) -> None:
        self.store = MemoryInboxStore(clock=lambda: 1_700_000_000.0)
        for _ in range(number):
            self.put("invoice.paid")

    def delivery(self, entry: Entry) -> Delivery:
        """Return the delivery of an entry."""
        return restore_delivery(entry.stored.parts, entry.stored.body)

    def put(self, event_type: str, body: bytes = b"") -> int:
        """Store an entry."""
        number = len(self.store.list(limit=100_000)) + 1
        body = body or b'{"type": "%b"}' % event_type.encode()
        made = delivery(body, id=f"msg_{number}", timestamp=1_700_000_000)
        headers = (
            ("webhook-id", f"msg_{number}"),
            ("webhook-signature", SIGNATURE),
            ("user-agent", "Svix/1.2"),
        )
        parts = header_of(get_parts(made), "", "", 0)
        fields = ("", "lane-1" if number == 1 else "", made.id, event_type, made.scheme, made.secret_label)
        entry = NewEntry(f"{number:043}", *fields, 1_700_000_000.0 + number, headers, parts, made.body)
        return self.store.put(entry).id


def filled() -> MemoryInbox:
    """Return an inbox with entries in all states."""
    inbox = MemoryInbox()
    for event_type in ("invoice.paid", "invoice.voided", "message.sent", "binary", "invoice.paid"):
        inbox.put(event_type, b"\xff\xfe\x00\x01" if event_type == "binary" else b"")
    for entry in inbox.store.claim("token", lease=60, limit=4):
        if entry.id == 1:
            inbox.store.finish(entry.id, "token")
        if entry.id in (3, 4):
            error = "ValueError: no customer \x1b[31m with this id\n  app/billing.py:12 in charge"
            inbox.store.bury(entry.id, "token", error=error)
    inbox.store.redrive([4], by="ann")
    inbox.store.claim("other", lease=60, limit=1)
    inbox.store.bury(4, "other", error="KeyError: 'id'")
    inbox.store.discard([4], by="ann")
    return inbox


inbox = filled()
many = MemoryInbox(250)
for claimed in many.store.claim("token", lease=60, limit=240):
    many.store.bury(claimed.id, "token", error="ValueError")


@inbox.handler("*")
def handle(delivery: Delivery) -> None:
    """Process a delivery."""
