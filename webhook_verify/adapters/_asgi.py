"""One ASGI exchange: the body in, under verification, and the answer out, under a claim.

What the adapters for plain ASGI, Starlette and FastAPI share.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from webhook_verify.adapters._asgi_commit import (
    App,
    Message,
    Receive,
    Scope,
    Send,
    check_order,
    settle_by_response,
)
from webhook_verify.adapters._request_target import asgi_peer, asgi_target
from webhook_verify.adapters._settlement import SETTLEMENTS
from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.receiver import AsyncReceiver, IncompleteBody, NotADelivery, RequestHead, WebhookResponse

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
    """What is known of a POST before its body is read, with what the receiver needs."""
    headers = scope["headers"]
    head = RequestHead("POST", path, headers, _content_length(headers))
    if receiver.needs_request_target:
        return head._replace(target=asgi_target(scope), peer=asgi_peer(scope))
    return head


def target_of(receiver: AsyncReceiver, scope: Scope) -> str:
    """Path and query as they were sent, if the receiver needs them."""
    return asgi_target(scope) if receiver.needs_request_target else ""


async def verify_request(
    receiver: AsyncReceiver, head: RequestHead, receive: Receive, send: Send
) -> Delivery | None:
    """The verified delivery of a POST whose body nobody has read; None if it was refused and answered.

    Raises RuntimeError if somebody has read the body.
    """
    try:
        incoming = await receiver.begin(head)
        message = await receive()
        received = len(message.get("body", b""))
        while message.get("more_body", False):
            incoming.update(message.get("body", b""))
            message = await receive()
            received += len(message.get("body", b""))
        if message["type"] != "http.request":
            raise IncompleteBody("the client went away")
        if not received and (head.content_length or "").strip("0"):
            raise body_was_consumed()
        return await receiver.finish(incoming, message.get("body", b""))
    except (RejectedDelivery, NotADelivery) as error:
        # Also to a client that is gone: a middleware in front wants every application to answer.
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
    """Run ``app`` for a verified delivery: with its body to read, and under a claim of its id.

    ``place``: the class of a middleware of ours that does this, None for a route.
    """
    receive = _body_again(delivery.body, receive)
    if not receiver.must_settle:
        await app(scope, receive, send)
        return
    check_order(scope, place)  # before the claim, which nothing would release if this failed
    claim = await receiver.claim(delivery, head)
    if isinstance(claim, WebhookResponse):
        await send_response(send, claim)
        return
    settle = partial(receiver.settle, claim, head)
    if (outer := scope.get(SETTLEMENTS)) is not None:
        outer.append(settle)
        await app(scope, receive, send)
    else:
        await settle_by_response(app, scope, receive, send, settle)


async def send_response(send: Send, answer: WebhookResponse, method: str = "POST") -> None:
    """Send an answer to a request of that method."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    if answer.status not in (204, 304):  # RFC 9110 section 8.6: they have no length
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})


def body_was_consumed() -> RuntimeError:
    """The developer's error of a body that somebody has read already.

    A server holds a body to its Content-Length, so an empty one of another length tells it.
    """
    return RuntimeError(
        "the body was read before the webhook could be verified: let no middleware, decorator or "
        "dependency call form() or stream() on this path before; body() and json() may be called"
    )


def _content_length(headers: Iterable[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == b"content-length":  # ASGI has names in lower case
            return value.decode("latin-1")
    return ""


def _body_again(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body first, and then whatever the server says next."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
