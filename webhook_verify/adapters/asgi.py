"""Middleware for any ASGI application, such as Starlette, FastAPI, Litestar, Quart and plain ASGI.

```python
app.add_middleware(WebhookMiddleware, receiver=AsyncReceiver(verifier), path="/webhooks/svix")
```

A POST to the path reaches the application only with a verified delivery, in ``scope["state"]["delivery"]``,
which is ``request.state.delivery`` in Starlette and FastAPI. The application can read the body, unchanged.
Other requests pass through.
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
from webhook_verify.adapters._checks import check_async_receiver, checked_paths
from webhook_verify.adapters._settlement import VERIFIED
from webhook_verify.receiver import AsyncReceiver

__all__ = ["App", "Receive", "Scope", "Send", "SettlingMiddleware", "WebhookMiddleware"]


class WebhookMiddleware:
    """Middleware that passes a POST to a path on only with a verified delivery.

    A route that is also reachable under another path is not protected there. Read ``request.state.delivery``,
    which is missing in that case, and not only the body.

    Args:
        app: The ASGI application.
        receiver: The receiver that verifies.
        path: The exact path, or several paths, below the application's root path.

    Raises:
        TypeError: If `receiver` is not an AsyncReceiver, or `path` is not a str or several.
        ValueError: If a path does not start with a slash.
    """

    def __init__(self, app: App, *, receiver: AsyncReceiver, path: str | Iterable[str]) -> None:
        check_async_receiver(receiver)
        self._app = app
        self._receiver = receiver
        self._paths = checked_paths(path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http" or (path := _path(scope)) not in self._paths:
            await self._app(scope, receive, send)
            return
        if (method := scope["method"]) != "POST":
            answer = self._receiver.handshake_response(method, target_of(self._receiver, scope), path)
            await (self._app(scope, receive, send) if answer is None else send_response(send, answer, method))
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
