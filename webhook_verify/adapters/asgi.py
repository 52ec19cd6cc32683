"""Middleware for any ASGI application (Starlette, FastAPI, Litestar, Quart, plain ASGI)::

    app.add_middleware(WebhookMiddleware, receiver=AsyncReceiver(verifier), path="/webhooks/svix")

On its path, a POST reaches the application only with a verified delivery, as
``scope["state"]["delivery"]``, which is ``request.state.delivery`` in Starlette and FastAPI. The body
is read once, verified while it arrives, and handed on as it was received. All else passes through.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.receiver import Answer, AsyncReceiver, Intake, RequestFacts

__all__ = ["WebhookMiddleware"]

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class WebhookMiddleware:
    """Lets a POST to one of the paths through to ``app`` only as a verified delivery.

    ``path``: the exact path, or several, below the application's root path. A route that answers
    under another path too is not protected there: read ``request.state.delivery``, which is missing
    then, and not the body. Raises TypeError or ValueError for a configuration that cannot work.
    """

    def __init__(self, app: App, *, receiver: AsyncReceiver, path: str | Iterable[str]) -> None:
        _check_receiver(receiver)
        paths = frozenset([path] if isinstance(path, str) else path)
        if not paths or not all(one.startswith("/") for one in paths):
            raise ValueError('path is a path that starts with "/", or several of them')
        self._app = app
        self._receiver = receiver
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http" or scope["method"] != "POST" or _path(scope) not in self._paths:
            await self._app(scope, receive, send)
            return
        facts = RequestFacts(scope["method"], _path(scope), scope["headers"])
        try:
            delivery = await _read_body(await self._receiver.begin(facts), receive)
        except RejectedDelivery as error:
            await _send_answer(send, self._receiver.refuse(error, facts))
            return
        if delivery is not None:
            await self._handle(delivery, scope, receive, send)

    async def _handle(self, delivery: Delivery, scope: Scope, receive: Receive, send: Send) -> None:
        claim = await self._receiver.claim(delivery)
        if isinstance(claim, Answer):
            await _send_answer(send, claim)
            return
        status: int | None = None

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        state = {**scope.get("state", {}), "delivery": delivery}
        try:
            await self._app({**scope, "state": state}, _body_again(delivery.body, receive), watch)
        except BaseException:
            status = None  # whatever was sent: the handler has failed, and the retry must be processed
            raise
        finally:
            await self._receiver.settle(claim, status)


def _check_receiver(receiver: object) -> None:
    if not isinstance(receiver, AsyncReceiver):
        raise TypeError(f"receiver is an AsyncReceiver, not {type(receiver).__name__}")


def _path(scope: Scope) -> str:
    """The path below the root path, which servers put in front since ASGI 2.3."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root + "/") else path


async def _read_body(intake: Intake, receive: Receive) -> Delivery | None:
    """The delivery, once its body is there; None if the client went away before."""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        intake.update(message.get("body", b""))
        if not message.get("more_body", False):
            return intake.finish()


def _body_again(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body first, and then whatever the server says next."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return pending.pop() if pending else await receive()

    return receive_again


async def _send_answer(send: Send, answer: Answer) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
