"""What type checkers see of the public face. Not run: mypy and pyright check it in strict mode.

``assert_type`` proves what a name is; each ignore comment proves an error, because both checkers
complain of an ignore that ignores nothing.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, assert_type

from webhook_verify import (
    AsyncReceiver,
    Delivery,
    Reason,
    Receiver,
    RejectedDelivery,
    Scheme,
    Secret,
    Signer,
    TimestampOutsideTolerance,
    Verifier,
)
from webhook_verify.adapters.asgi import WebhookMiddleware
from webhook_verify.receiver import AsyncClaim, Claim, Incoming, RequestHead, WebhookResponse

verifier = Verifier("whsec_...")
assert_type(verifier, Verifier)
Verifier([Secret("whsec_...", label="2026-11"), "whsec_...", b"raw"], tolerance=timedelta(minutes=1))
Verifier(b"raw", scheme="svix", tolerance=300, clock=lambda: 0)
Verifier(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

headers = {"webhook-id": "msg_1"}
delivery = verifier.verify(b"{}", headers)
assert_type(delivery, Delivery)
verifier.verify(bytearray(b"{}"), [("webhook-id", "msg_1")])
verifier.verify(memoryview(b"{}"), [(b"webhook-id", b"msg_1")])
verifier.verify("{}", headers)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
assert_type(verifier.verify_at(b"{}", headers, received_at=1.0), Delivery)
assert_type(verifier.scheme, Scheme)
assert_type(verifier.tolerance, float)

running = verifier.begin(headers)
running.update(b"{}")
assert_type(running.finish(), Delivery)

assert_type(delivery.id, str)
assert_type(delivery.timestamp, datetime)
assert_type(delivery.body, bytes)
assert_type(delivery.secret_label, str)
assert_type(delivery.event_type, str | None)
assert_type(delivery.json(), Any)
delivery.id = "msg_2"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]

assert_type(Signer("whsec_...").sign(b"{}", id="msg_1", timestamp=1), dict[str, str])
Signer("whsec_...").sign(b"{}", timestamp=1.5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def handle(rejected: RejectedDelivery) -> None:
    assert_type(rejected.reason, Reason)
    assert_type(rejected.status_hint, int)
    if isinstance(rejected, TimestampOutsideTolerance):
        assert_type(rejected.skew, int)
        assert_type(rejected.tolerance, float)


def receive(receiver: Receiver, head: RequestHead) -> None:
    assert_type(receiver.begin(head), Incoming)
    assert_type(receiver.claim(delivery, head), Claim | WebhookResponse)


async def receive_async(receiver: AsyncReceiver, head: RequestHead) -> None:
    assert_type(await receiver.begin(head), Incoming)
    assert_type(await receiver.claim(delivery, head), AsyncClaim | WebhookResponse)


async def lookup(head: RequestHead) -> Verifier | None:
    return verifier if head.path == "/known" else None


AsyncReceiver(lookup)
Receiver(lambda head: verifier, max_body_bytes=10, on_reject=lambda error, head: None)


async def app(scope: Any, receive: Any, send: Any) -> None: ...


WebhookMiddleware(app, receiver=AsyncReceiver(verifier), path="/webhooks")
WebhookMiddleware(app, receiver=Receiver(verifier), path="/")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
