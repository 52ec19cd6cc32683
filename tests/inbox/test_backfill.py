"""The backfill of an inbox: deliveries of requests, of Svix and of Lithic that were missed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.inbox.deliveries import RECEIVED, request
from tests.providers.sample import NOW
from tests.signing import SECRET
from webhook_verify import Delivery, Signer, Verifier
from webhook_verify.api import lithic, svix
from webhook_verify.api.lithic.deliveries import delivery_from_event
from webhook_verify.api.svix.deliveries import delivery_from_message
from webhook_verify.http import RequestHead
from webhook_verify.inbox import (
    AsyncInbox,
    BackfillOutcome,
    Inbox,
)


def test_requests_that_were_missed_are_stored(inbox: Inbox) -> None:
    known, head = request("msg_known")
    inbox.accept(known, head)
    missed, missed_head = request("msg_missed")
    _, old_head = request("msg_old")
    when = datetime.fromtimestamp(NOW, UTC)
    items: list[Any] = [
        (known.body, head.headers, RECEIVED),
        (missed.body, missed_head.headers, when),
        (b"{}", old_head.headers, when),
        (missed.body, old_head.headers, RECEIVED + 10_000),
    ]
    assert inbox.backfill(items, verifier=Verifier(SECRET)) == BackfillOutcome(1, 1, 2)
    entry = inbox.list()[-1]
    assert inbox.delivery(entry) == missed
    assert inbox.verify_again(entry, Verifier(SECRET)) == missed
    with pytest.raises(TypeError, match="verifier"):
        inbox.backfill(items)


def listing(pages: list[dict[str, Any]]) -> Any:
    """Return a transport that responds with these pages."""
    remaining = iter(pages)
    return httpx2.MockTransport(lambda request: httpx2.Response(200, json=next(remaining)))


MESSAGES = [
    {"id": f"msg_{n}", "eventType": "invoice.paid", "timestamp": "2026-11-01T00:00:00Z", "payload": {"n": n}}
    for n in range(3)
]
SVIX_PAGES = [
    {"data": MESSAGES[:2], "done": False, "iterator": "a", "prevIterator": None},
    {"data": MESSAGES[2:], "done": True, "iterator": "b", "prevIterator": None},
]


def test_what_svix_lists_is_stored_unless_it_was_received(inbox: Inbox) -> None:
    body = b'{"n":  1}'
    headers = Signer(SECRET, scheme="svix").sign(body, id="msg_1", timestamp=NOW)
    verifier = Verifier(SECRET, scheme="svix", clock=lambda: RECEIVED)
    inbox.accept(verifier.verify(body, headers), RequestHead("POST", "/", headers))
    client = svix.Svix("t", http_client=httpx2.Client(transport=listing(SVIX_PAGES)))
    outcome = inbox.backfill(delivery_from_message(message) for message in client.message.list("app_1"))
    assert outcome == BackfillOutcome(new=2, known=1)
    received, first, _ = inbox.list()
    assert received.stored.body == body
    delivery = inbox.delivery(first)
    assert (delivery.id, delivery.event_type, delivery.json()) == ("msg_0", "invoice.paid", {"n": 0})
    assert (delivery.secret_label, first.stored.received_at) == ("api", 1_793_491_200.0)


def test_what_svix_lists_is_stored_with_asyncio(tmp_path: Path) -> None:
    async def run() -> BackfillOutcome:
        client = svix.AsyncSvix("t", http_client=httpx2.AsyncClient(transport=listing(SVIX_PAGES)))
        inbox = AsyncInbox(tmp_path / "a.sqlite3")

        async def deliveries() -> AsyncGenerator[Delivery]:
            async for message in client.message.list("app_1"):
                yield delivery_from_message(message)

        try:
            return await inbox.backfill(deliveries())
        finally:
            await inbox.aclose()

    assert asyncio.run(run()) == BackfillOutcome(new=3)


def test_what_lithic_lists_is_stored_unless_it_was_received(inbox: Inbox) -> None:
    events = [
        {
            "token": f"msg_{n}",
            "event_type": "card.created",
            "created": "2026-11-01T00:00:00Z",
            "payload": {"n": n},
        }
        for n in range(2)
    ]
    headers = Signer(SECRET, scheme="lithic").sign(
        b'{"event_type":"card.created"}', id="msg_1", timestamp=NOW
    )
    verifier = Verifier(SECRET, scheme="lithic", clock=lambda: RECEIVED)
    received = verifier.verify(b'{"event_type":"card.created"}', headers)
    inbox.accept(received, RequestHead("POST", "/", headers))
    transport = listing([{"data": events, "has_more": False}])
    client = lithic.Lithic("key", http_client=httpx2.Client(transport=transport))
    outcome = inbox.backfill(delivery_from_event(event) for event in client.events.list(with_content=True))
    assert outcome == BackfillOutcome(new=1, known=1)
    assert inbox.list(event_type="card.created")[-1].stored.message_id == "msg_0"


def test_a_listed_message_without_its_content_is_refused() -> None:
    (page, _) = SVIX_PAGES
    empty = json.loads(json.dumps(page))
    empty["data"][0]["payload"] = {}
    client = svix.Svix("t", http_client=httpx2.Client(transport=listing([empty])))
    message = next(iter(client.message.list("app_1")))
    with pytest.raises(ValueError, match="with_content"):
        delivery_from_message(message)
