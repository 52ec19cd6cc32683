"""Middleware for any ASGI application, such as Starlette, FastAPI, Litestar, Quart and plain ASGI.

```python
app.add_middleware(WebhookMiddleware, receiver=AsyncReceiver(verifier), path="/webhooks/svix")
```

A request to the path reaches the application only with a verified delivery. It is in
``scope["state"]["delivery"]``, which is ``request.state.delivery`` in Starlette and FastAPI. The application
can read the body, unchanged. Requests to other paths pass through.
"""

from __future__ import annotations

from collections.abc import Iterable

from webhook_verify.adapters._asgi import (
    App,
    Receive,
    Scope,
    Send,
    request_head,
    run_app,
    send_response,
    target_of,
    verify_request,
)
from webhook_verify.adapters._asgi_commit import SettlingMiddleware
from webhook_verify.adapters._checks import check_async_receiver, checked_pass_methods, checked_paths
from webhook_verify.adapters._settlement import VERIFIED
from webhook_verify.receiver import AsyncReceiver

__all__ = ["App", "Receive", "Scope", "Send", "SettlingMiddleware", "WebhookMiddleware"]


class WebhookMiddleware:
    """Middleware that passes a request to a path on only with a verified delivery.

    A method without deliveries gets 405, or the response of the receiver's handshake.

    A route that is also reachable under another path is not protected there. Read ``request.state.delivery``,
    which is missing in that case, and not only the body.

    Args:
        app: The ASGI application.
        receiver: The receiver that verifies.
        path: The exact path, or several paths, below the application's root path.
        pass_methods: The methods that reach the application without a delivery, such as `["GET"]` for a page.

    Raises:
        TypeError: If `receiver` is not an AsyncReceiver, or `path` or `pass_methods` is of a wrong type.
        ValueError: If a path does not start with a slash, or `pass_methods` contains a method of deliveries.
    """

    def __init__(
        self,
        app: App,
        *,
        receiver: AsyncReceiver,
        path: str | Iterable[str],
        pass_methods: Iterable[str] = (),
    ) -> None:
        check_async_receiver(receiver)
        self._pass_methods = checked_pass_methods(pass_methods, receiver)
        self._app = app
        self._receiver = receiver
        self._paths = checked_paths(path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http" or (path := _path(scope)) not in self._paths:
            await self._app(scope, receive, send)
            return
        method = scope["method"]
        if self._receiver.needs_method_response(method):
            passes = method in self._pass_methods
            respond = self._receiver.handshake_response if passes else self._receiver.method_response
            answer = respond(method, target_of(self._receiver, scope), path, scope["headers"])
            if answer is not None:
                await send_response(send, answer, method)
                return
            if passes:
                await self._app(scope, receive, send)
                return
        head = request_head(self._receiver, scope, path)
        delivery = await verify_request(self._receiver, head, receive, send)
        if delivery is not None:
            # The server creates a state for each request, so this changes only the state of this request.
            scope.setdefault("state", {})["delivery"] = delivery
            # A route inside with the same receiver reads the delivery from here.
            scope[VERIFIED] = (self._receiver, delivery)
            await run_app(self._receiver, head, delivery, self._app, scope, receive, send, WebhookMiddleware)


def _path(scope: Scope) -> str:
    """Return the path without the root path, with which servers prefix it since ASGI 2.3."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root + "/") else path
