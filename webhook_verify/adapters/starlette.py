"""Starlette endpoints that run only with a verified delivery.

```python
@webhook(AsyncReceiver(verifier))
async def hook(request: Request, delivery: Delivery) -> Response: ...

app = Starlette(routes=[Route("/webhooks/svix", hook)])
```

In a route without ``methods``, the receiver responds to methods without deliveries. With
``methods=["POST"]``, Starlette does. The adapter for FastAPI uses `_verify` and `_admit`, too.
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
except ImportError as _missing:
    raise ImportError("this adapter needs Starlette: pip install starlette") from _missing

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
    """Decorate a function of (request, delivery), which then runs only with a verified delivery.

    ``request.body()`` and the like return the verified bytes. A plain ``def`` runs in Starlette's threadpool.

    Args:
        receiver: The receiver that verifies.

    Returns:
        The decorator. It returns an endpoint for a Route.

    Raises:
        TypeError: If `receiver` is not an AsyncReceiver. From the decorator, if the function does not take
            two arguments.
    """
    check_async_receiver(receiver)
    return lambda endpoint: WebhookEndpoint(receiver, endpoint)


class WebhookEndpoint:
    """The endpoint that `webhook` returns: an ASGI application for a Route.

    Args:
        receiver: The receiver that verifies.
        endpoint: A function of (request, delivery), plain or ``async``.

    Raises:
        TypeError: If `endpoint` does not take two arguments.
    """

    def __init__(self, receiver: AsyncReceiver, endpoint: Endpoint) -> None:
        try:
            signature(endpoint).bind(None, None)
        except (TypeError, ValueError):
            raise TypeError("endpoint must be a function of (request, delivery)") from None
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
            # The application's exception handler runs here, so that its status settles the claim.
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
    """Run ``app`` with a verified delivery, under a claim, or send the response to any other request."""
    if (outside := delivery_from_outside(scope, receiver)) is not None:
        await app(outside, scope, receive, send)
        return
    method, path = scope["method"], _path(scope)
    if receiver.needs_method_response(method):
        answer = receiver.method_response(method, target_of(receiver, scope), path, scope["headers"])
        if answer is not None:
            await send_response(send, answer, method)
            return
    head = request_head(receiver, scope, path)
    delivery = await verify_request(receiver, head, receive, send)
    if delivery is not None:
        await run_app(receiver, head, delivery, partial(app, delivery), scope, receive, send)


class WebhookRejected(Exception):
    """A request that does not reach its handler.

    Args:
        response: The response to the request.
    """

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


async def _verify(receiver: AsyncReceiver, request: Request) -> Delivery:
    """Return the verified delivery of a request.

    Raises:
        RuntimeError: If the application has read the body and has not cached it as ``request.body()`` does.
        WebhookRejected: If the request is not a genuine delivery.
    """
    scope, method, path = request.scope, request.method, _path(request.scope)
    if receiver.needs_method_response(method):
        answer = receiver.method_response(method, target_of(receiver, scope), path, scope["headers"])
        if answer is not None:
            raise WebhookRejected(_response(answer, method))
    head = request_head(receiver, scope, path)
    try:
        incoming = await receiver.begin(head)
        await _read(incoming, request)
        return await receiver.finish(incoming)
    except (RejectedDelivery, NotADelivery) as error:
        raise WebhookRejected(_response(receiver.rejection_response(error, head), method)) from error


async def _read(incoming: Incoming, request: Request) -> None:
    empty = True
    try:
        async for chunk in request.stream():
            incoming.update(chunk)
            empty = empty and not chunk
    except ClientDisconnect as gone:
        raise IncompleteBody("client disconnected") from gone
    except RuntimeError as consumed:  # "Stream consumed"
        raise body_was_consumed() from consumed
    # A server enforces the Content-Length. The body is empty if a middleware has read the stream.
    headers = request.headers
    if empty and headers.get("content-length", "0").strip("0") and "transfer-encoding" not in headers:
        raise body_was_consumed()


def _path(scope: Scope) -> str:
    """Return the path below the server's root path, including mounts, as WebhookMiddleware does."""
    path: str = scope["path"]
    root: str = scope.get("app_root_path", scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(root + "/") else path


def _response(answer: WebhookResponse, method: str = "POST") -> Response:
    response = Response(b"" if method == "HEAD" else answer.body, answer.status)
    for name, value in answer.headers:
        response.headers.append(name, value)
    return response
