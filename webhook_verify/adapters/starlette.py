"""Webhooks in Starlette::

    @webhook(AsyncReceiver(verifier))
    async def hook(request: Request, delivery: Delivery) -> Response: ...

    app = Starlette(routes=[Route("/webhooks/svix", hook)])

A route without ``methods`` lets the receiver answer GET and the others; ``methods=["POST"]`` lets
Starlette do it. :func:`_verify` and :func:`_admit` are what :mod:`webhook_verify.adapters.fastapi` shares.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial, update_wrapper
from inspect import iscoroutinefunction, signature
from typing import cast

from webhook_verify.adapters._asgi import (
    body_was_consumed,
    request_head,
    run_app,
    send_response,
    target_of,
    verify_request,
)
from webhook_verify.adapters._checks import check_async_receiver
from webhook_verify.adapters._settlement import delivery_from_outside
from webhook_verify.adapters.asgi import SettlingMiddleware, WebhookMiddleware
from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.receiver import AsyncReceiver, Incoming, IncompleteBody, NotADelivery, WebhookResponse

try:
    from starlette._exception_handler import wrap_app_handling_exceptions
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import ClientDisconnect, Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send
except ImportError as missing:
    raise ImportError("this adapter needs Starlette: pip install starlette") from missing

__all__ = [
    "SettlingMiddleware",
    "WebhookEndpoint",
    "WebhookMiddleware",
    "WebhookRejected",
    "_admit",
    "_verify",
    "webhook",
]

Endpoint = Callable[[Request, Delivery], Awaitable[Response] | Response]


def webhook(receiver: AsyncReceiver) -> Callable[[Endpoint], WebhookEndpoint]:
    """Make an endpoint for a route out of a function of (request, delivery), ``async def`` or ``def``.

    It runs only for a verified delivery; ``request.body()`` and the like give the verified bytes. A
    plain ``def`` runs in Starlette's threadpool. Raises TypeError for what cannot work.
    """
    check_async_receiver(receiver)
    return lambda endpoint: WebhookEndpoint(receiver, endpoint)


class WebhookEndpoint:
    """What :func:`webhook` makes of a function: an ASGI application, which a Route takes as it is."""

    def __init__(self, receiver: AsyncReceiver, endpoint: Endpoint) -> None:
        try:
            signature(endpoint).bind(None, None)
        except (TypeError, ValueError):
            raise TypeError("webhook() decorates a function of (request, delivery)") from None
        self._receiver = receiver
        self._endpoint = endpoint
        self._awaits = iscoroutinefunction(endpoint) or iscoroutinefunction(type(endpoint).__call__)
        update_wrapper(self, endpoint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await _admit(self._receiver, self._run, scope, receive, send)

    async def _run(self, delivery: Delivery, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            if self._awaits:
                response = await cast("Awaitable[Response]", self._endpoint(request, delivery))
            else:
                response = cast("Response", await run_in_threadpool(self._endpoint, request, delivery))
        except Exception as error:
            # Answered here by an exception handler of the application, so that its status settles the claim.
            await wrap_app_handling_exceptions(partial(_raise, error), request)(scope, receive, send)
            return
        await response(scope, receive, send)


async def _raise(error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    raise error


async def _admit(
    receiver: AsyncReceiver,
    app: Callable[[Delivery, Scope, Receive, Send], Awaitable[None]],
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    """Let a request through to ``app`` as a verified delivery, under a claim of its id, or answer it."""
    if (outside := delivery_from_outside(scope, receiver)) is not None:
        await app(outside, scope, receive, send)
        return
    method, path = scope["method"], _path(scope)
    if method != "POST" and (answer := receiver.method_response(method, target_of(receiver, scope), path)):
        await send_response(send, answer, method)
        return
    head = request_head(receiver, scope, path)
    delivery = await verify_request(receiver, head, receive, send)
    if delivery is not None:
        await run_app(receiver, head, delivery, partial(app, delivery), scope, receive, send)


class WebhookRejected(Exception):
    """A request that does not reach its handler; ``response`` answers it."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


async def _verify(receiver: AsyncReceiver, request: Request) -> Delivery:
    """The verified delivery of a request whose body nobody has read. Raises :class:`WebhookRejected`.

    Raises RuntimeError if somebody has read it, and has not kept it as ``request.body()`` does.
    """
    scope, method, path = request.scope, request.method, _path(request.scope)
    if method != "POST" and (answer := receiver.method_response(method, target_of(receiver, scope), path)):
        raise WebhookRejected(_response(answer, method))
    head = request_head(receiver, scope, path)
    try:
        incoming = await receiver.begin(head)
        await _read(incoming, request)
        return await receiver.finish(incoming)
    except (RejectedDelivery, NotADelivery) as error:
        raise WebhookRejected(_response(receiver.rejection_response(error, head))) from error


async def _read(incoming: Incoming, request: Request) -> None:
    empty = True
    try:
        async for chunk in request.stream():
            incoming.update(chunk)
            empty = empty and not chunk
    except ClientDisconnect as gone:
        raise IncompleteBody("the client went away") from gone
    except RuntimeError as consumed:  # "Stream consumed"
        raise body_was_consumed() from consumed
    # A server holds a body to its Content-Length; below a middleware that read the stream it is empty.
    headers = request.headers
    if empty and headers.get("content-length", "0").strip("0") and "transfer-encoding" not in headers:
        raise body_was_consumed()


def _path(scope: Scope) -> str:
    """The path below the server's root path, mounts included, as WebhookMiddleware around all has it."""
    path: str = scope["path"]
    root: str = scope.get("app_root_path", scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(root + "/") else path


def _response(answer: WebhookResponse, method: str = "POST") -> Response:
    response = Response(b"" if method == "HEAD" else answer.body, answer.status)
    for name, value in answer.headers:
        response.headers.append(name, value)
    return response
