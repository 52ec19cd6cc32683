"""The shared part of the adapters for ASGI, Starlette and FastAPI: receive a body, run an application."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable

from webhook_verify.adapters._asgi_commit import (
    App,
    Message,
    Receive,
    Scope,
    Send,
    Settlement,
    check_order,
)
from webhook_verify.adapters._request_target import asgi_peer, asgi_target
from webhook_verify.adapters._settlement import SETTLEMENTS
from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.receiver import (
    AsyncClaim,
    AsyncReceiver,
    IncompleteBody,
    NotADelivery,
    RequestHead,
    WebhookResponse,
)
from webhook_verify.receiver.flat_path import flat_path_of, settles_at_once_of

__all__ = [
    "App",
    "Message",
    "Receive",
    "Scope",
    "Send",
    "body_was_consumed",
    "request_head",
    "run_app",
    "send_response",
    "target_of",
    "verify_request",
]


def request_head(receiver: AsyncReceiver, scope: Scope, path: str) -> RequestHead:
    """Return the head of a request, with the target and the peer if the receiver needs them."""
    headers = scope["headers"]
    head = RequestHead(scope["method"], path, headers, _content_length(headers))
    if receiver.needs_request_target:
        return head._replace(target=asgi_target(scope), peer=asgi_peer(scope))
    return head


def target_of(receiver: AsyncReceiver, scope: Scope) -> str:
    """Return the path and query as they were sent, if the receiver needs them."""
    return asgi_target(scope) if receiver.needs_request_target else ""


async def verify_request(
    receiver: AsyncReceiver, head: RequestHead, receive: Receive, send: Send
) -> Delivery | None:
    """Return the verified delivery of a request, None if it was rejected, after sending the response."""
    flat = flat_path_of(receiver)
    try:
        if flat is None:
            incoming = await receiver.begin(head)
            message = await receive()
        else:
            checked = flat.check_head(head)
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body", False):
                body = message.get("body", b"")
                if not body and (head.content_length or "").strip("0"):
                    raise body_was_consumed()
                return flat.finish(checked, body)
            incoming = flat.start(checked)
        received = len(message.get("body", b""))
        while message.get("more_body", False):
            incoming.update(message.get("body", b""))
            message = await receive()
            received += len(message.get("body", b""))
        if message["type"] != "http.request":
            raise IncompleteBody("client disconnected")
        if not received and (head.content_length or "").strip("0"):
            raise body_was_consumed()
        return await receiver.finish(incoming, message.get("body", b""))
    except (RejectedDelivery, NotADelivery) as error:
        # A response is sent even if the client disconnected, because outer middleware expects one.
        await send_response(send, receiver.rejection_response(error, head))
        return None


async def run_app(
    receiver: AsyncReceiver,
    head: RequestHead,
    delivery: Delivery,
    app: App,
    scope: Scope,
    receive: Receive,
    send: Send,
    place: type | None = None,
) -> None:
    """Run ``app`` for a verified delivery, under a claim, with the verified body to read.

    Args:
        receiver: The receiver that verified the delivery.
        head: The head of the request.
        delivery: The verified delivery.
        app: The application.
        scope: The scope of the request.
        receive: Receives the messages after the body.
        send: Sends the response.
        place: The class of this library's middleware that calls this, None for a route.
    """
    receive = _VerifiedBody(delivery.body, receive).receive
    if not receiver.must_settle:
        await app(scope, receive, send)
        return
    check_order(scope, place)  # Before the claim, which would not be released if this failed.
    at_once = settles_at_once_of(receiver)
    claim = receiver.claim_at_once(delivery, head) if at_once else await receiver.claim(delivery, head)
    if isinstance(claim, WebhookResponse):
        await send_response(send, claim)
        return
    settlement = (_SettlementAtOnce if at_once else _ClaimSettlement)(receiver, claim, head, send)
    if (outer := scope.get(SETTLEMENTS)) is not None:
        outer.append(settlement.settle)
        await app(scope, receive, send)
    else:
        await settlement.run(app, scope, receive)


class _ClaimSettlement(Settlement):
    """The settling of one claim."""

    __slots__ = ("_claim", "_head", "_receiver")

    def __init__(self, receiver: AsyncReceiver, claim: AsyncClaim, head: RequestHead, send: Send) -> None:
        super().__init__(send)
        self._receiver = receiver
        self._claim = claim
        self._head = head

    async def settle(self, status: int | None) -> None:
        """Settle the claim."""
        await self._receiver.settle(self._claim, self._head, status)


class _SettlementAtOnce(_ClaimSettlement):
    """The settling of one claim at a store that never waits, without a coroutine."""

    __slots__ = ()

    def _settle_then_send(self, message: Message) -> Awaitable[None]:
        self._receiver.settle_at_once(self._claim, self._head, self._status)
        return self._send(message)


async def send_response(send: Send, answer: WebhookResponse, method: str = "POST") -> None:
    """Send a response to a request with this method."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    if answer.status not in (204, 304):  # RFC 9110 section 8.6: these have no Content-Length.
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})


def body_was_consumed() -> RuntimeError:
    """Return the error of a body that the application has read before the verification.

    A server enforces the Content-Length, so an empty body with another length was read before.
    """
    return RuntimeError(
        "the body was read before the webhook was verified. Middleware, decorators and dependencies must not "
        "call form() or stream() on this path before; they may call body() and json()"
    )


def _content_length(headers: Iterable[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == b"content-length":  # ASGI names are in lower case.
            return value.decode("latin-1")
    return ""


class _VerifiedBody:
    """The verified body, for the application to read, and then the server's next messages."""

    __slots__ = ("_body", "_receive")

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def receive(self) -> Message:
        body, self._body = self._body, None
        if body is None:
            return await self._receive()
        return {"type": "http.request", "body": body, "more_body": False}
