"""Middleware for any ASGI application (Starlette, FastAPI, Litestar, Quart, plain ASGI)::

    app.add_middleware(WebhookMiddleware, receiver=AsyncReceiver(verifier), path="/webhooks/svix")

On its path, a POST reaches the application only with a verified delivery, as
``scope["state"]["delivery"]``, which is ``request.state.delivery`` in Starlette and FastAPI. The body
is read once, verified while it arrives, and handed on as it was received. All else passes through.
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
    """Lets a POST to one of the paths through to ``app`` only as a verified delivery.

    ``path``: the exact path, or several, below the application's root path. A route that answers
    under another path too is not protected there: read ``request.state.delivery``, which is missing
    then, and not the body. Raises TypeError or ValueError for a configuration that cannot work.
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
            # The server makes a state for each request, so it can be written to.
            scope.setdefault("state", {})["delivery"] = delivery
            # A route inside that is guarded by the same receiver takes it from here.
            scope[VERIFIED] = (self._receiver, delivery)
            await run_app(self._receiver, head, delivery, self._app, scope, receive, send, WebhookMiddleware)


def _path(scope: Scope) -> str:
    """The path below the root path, which servers put in front since ASGI 2.3."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(root + "/") else path
