"""The deliveries that the tests of `Inbox` store, and the time at which they are received."""

from __future__ import annotations

from typing import Any

from tests.providers.sample import NOW
from tests.signing import SECRET
from webhook_verify import Signer, Verifier
from webhook_verify.http import RequestHead
from webhook_verify.inbox import Entry, Inbox

__all__ = ["RECEIVED", "request", "stored"]

RECEIVED = float(NOW)


def request(message_id: str = "msg_1", body: bytes = b'{"type": "invoice.paid"}', **more: Any) -> Any:
    """Return a delivery, and the head of its request."""
    headers = Signer(SECRET).sign(body, id=message_id, timestamp=NOW)
    delivery = Verifier(SECRET, clock=lambda: RECEIVED).verify(body, headers)
    return delivery, RequestHead("POST", "/hook", [*headers.items(), *more.items()])


def stored(inbox: Inbox, *arguments: Any) -> Entry:
    """Store a delivery, and return its entry."""
    entry = inbox.get(inbox.accept(*arguments).id)
    assert entry is not None
    return entry
