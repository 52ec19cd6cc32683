"""Settling a claim under ASGI: when the response passes the outermost middleware of this library.

Middleware outside of it, such as middleware that commits a unit of work, may still fail afterwards.
`SettlingMiddleware` settles outside of all other middleware.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from inspect import iscoroutinefunction, isroutine
from typing import Any
from weakref import WeakSet

from webhook_verify.adapters._settlement import SETTLEMENTS
from webhook_verify.log_text import log_text

__all__ = [
    "App",
    "Message",
    "Receive",
    "Scope",
    "Send",
    "Settlement",
    "SettlingMiddleware",
    "check_order",
]

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
AsyncSettle = Callable[[int | None], Awaitable[object]]

_AFTER_ERROR = "webhook_verify.after_error"

_logger = logging.getLogger("webhook_verify")
_checked_apps: WeakSet[Any] = WeakSet()


class SettlingMiddleware:
    """Middleware that settles the claims of guarded routes by the final response.

    Put it outside of every middleware that may fail or commit. In Starlette and FastAPI, add it last with
    ``app.add_middleware(SettlingMiddleware)``. For any other application, use
    ``app = SettlingMiddleware(app)``. It serves every guarded route inside, without a path or a receiver, and
    passes all other requests through.

    Args:
        app: The ASGI application.
    """

    def __init__(self, app: Callable[[Any, Any, Any], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http" or SETTLEMENTS in scope:
            await self._app(scope, receive, send)
            return
        settlements: list[AsyncSettle] = []
        scope[SETTLEMENTS] = settlements

        await _OuterSettlement(settlements, send).run(self._app, scope, receive)


class Settlement:
    """The settling of claims by the status of a response, just before the end of the response is sent.

    A truncated response, and an exception without an error handler, settle with None.

    Args:
        send: Sends a message to the server.
    """

    __slots__ = ("_is_settled", "_send", "_status")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status: int | None = None
        self._is_settled = False

    async def settle(self, status: int | None) -> None:
        """Settle the claims by the status of the response."""
        raise NotImplementedError

    async def run(self, app: App, scope: Scope, receive: Receive) -> None:
        """Run the application."""
        framework = scope.get("app")
        try:
            await app(scope, receive, self._send_and_settle)
        except Exception:
            self._is_settled = self._is_settled or (
                self._status is None and _given_to_error_handler(framework, scope, self.settle)
            )
            raise
        finally:
            if not self._is_settled:
                # The application failed, or the response was cut off because the client disconnected.
                await self.settle(None)

    def _send_and_settle(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        # Messages before the start, such as early hints, do not end the response; trailers follow its end.
        elif self._status is not None and not self._is_settled and not message.get("more_body", False):
            self._is_settled = True
            return self._settle_then_send(message)
        return self._send(message)

    def _settle_then_send(self, message: Message) -> Awaitable[None]:
        return self._wait_and_send(message)

    async def _wait_and_send(self, message: Message) -> None:
        # Settle before the sender receives the response. Otherwise its next request finds the id in flight.
        await self.settle(self._status)
        await self._send(message)


class _OuterSettlement(Settlement):
    """The settling of all claims inside of a `SettlingMiddleware`."""

    __slots__ = ("_settlements",)

    def __init__(self, settlements: list[AsyncSettle], send: Send) -> None:
        super().__init__(send)
        self._settlements = settlements

    async def settle(self, status: int | None) -> None:
        """Settle the claims, the last one first."""
        while self._settlements:
            await self._settlements.pop()(status)


def check_order(scope: Scope, place: type | None) -> None:
    """Log one warning for each Starlette or FastAPI application with middleware outside of the settling.

    Args:
        scope: The scope of a guarded delivery.
        place: The class of this library's middleware that settles, None for a route.
    """
    app = scope.get("app")
    # Other frameworks, such as Litestar, also set "app". Their middleware cannot be read like Starlette's.
    if not hasattr(app, "user_middleware") or app in _checked_apps:
        return
    _checked_apps.add(app)
    settler = SettlingMiddleware if SETTLEMENTS in scope else place
    outer = _outer_middleware(app, settler)
    if settler is None:
        outer += _middleware_of_routes(getattr(app, "routes", ()), scope.get("endpoint")) or []
    if outer:
        _logger.warning(
            "middleware runs after the delivery is recorded as handled; if %s fails, the delivery is lost. "
            "Call app.add_middleware(SettlingMiddleware) last, so that it is outside of all other middleware "
            "(import it from webhook_verify.adapters.asgi)",
            " or ".join(outer),
            extra={"path": log_text(scope["path"])},
        )


def _outer_middleware(app: object, place: type | None) -> list[str]:
    """Return the names of the middleware, outside of ``place``, that may undo the work of a handler."""
    outer: list[str] = []
    for entry in getattr(app, "user_middleware", ()):
        kind = entry.cls
        if place is not None and kind is place:
            return outer
        if not _is_harmless(kind):
            outer.append(_name_of(entry))
    return outer if place is None else []  # `place` is around the whole application.


def _middleware_of_routes(routes: Iterable[Any], endpoint: object) -> list[str] | None:
    """Return the middleware of a Route or a Mount around an endpoint, None if the endpoint is not found."""
    for route in routes:
        if getattr(route, "endpoint", None) is endpoint:
            return _wrapping(route.app, endpoint)
        below = _middleware_of_routes(getattr(route, "routes", None) or (), endpoint)
        if below is not None:
            return _wrapping(getattr(route, "app", None), endpoint) + below
    return None


def _wrapping(app: object, endpoint: object) -> list[str]:
    names: list[str] = []
    # The chain ends with the endpoint, FastAPI's function for it, or the router or application of a Mount.
    while app is not None and app is not endpoint and not isroutine(app):
        if hasattr(app, "routes"):
            # A Router may have middleware around its routes.
            inner = getattr(app, "middleware_stack", None)
            app = inner if inner is not None and not hasattr(inner, "routes") else None
            continue
        if not _is_harmless(type(app)):
            names.append(_name_of_instance(app))
        app = getattr(app, "app", None)
    return names


def _name_of_instance(middleware: object) -> str:
    function = getattr(middleware, "dispatch_func", middleware)  # An attribute of BaseHTTPMiddleware.
    return str(getattr(function, "__qualname__", type(middleware).__qualname__))


def _is_harmless(kind: Any) -> bool:
    """Return whether middleware runs no code of the application: this library's, and most of Starlette's."""
    module = getattr(kind, "__module__", "")
    if module.startswith(("starlette.", "fastapi.")):
        return bool(getattr(kind, "__name__", "") != "BaseHTTPMiddleware")
    return bool(module.startswith("webhook_verify."))


def _name_of(entry: Any) -> str:
    function = getattr(entry, "kwargs", {}).get("dispatch")
    named = entry.cls if function is None else function
    return str(getattr(named, "__qualname__", named))


def _given_to_error_handler(app: object, scope: Scope, settle: AsyncSettle) -> bool:
    """Let the application's handler of all exceptions settle the claim, because its status may be 2xx.

    Starlette calls it outside of all middleware.

    Returns:
        False without a handler, in debug mode, and under middleware that may handle the exception.
    """
    outermost: Any = getattr(app, "middleware_stack", None)
    handler = getattr(outermost, "handler", None)
    place = SettlingMiddleware if SETTLEMENTS in scope else None
    if handler is None or getattr(outermost, "debug", False) or _outer_middleware(app, place):
        return False
    if not hasattr(handler, "is_settling"):
        outermost.handler = _settling_handler(handler)
    scope[_AFTER_ERROR] = settle
    return True


def _settling_handler(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return a handler, plain or async, that settles before its response is sent."""

    async def answer_async(request: Any, error: Exception) -> App:
        return _settling(await handler(request, error))

    def answer_plain(request: Any, error: Exception) -> App:
        return _settling(handler(request, error))

    is_async = iscoroutinefunction(handler) or iscoroutinefunction(type(handler).__call__)
    answer: Callable[..., Any] = answer_async if is_async else answer_plain
    vars(answer)["is_settling"] = True
    return answer


def _settling(response: Any) -> App:
    async def settle_and_send(scope: Scope, receive: Receive, send: Send) -> None:
        settle: AsyncSettle | None = scope.pop(_AFTER_ERROR, None)
        if settle is not None:
            await settle(response.status_code)
        await response(scope, receive, send)

    return settle_and_send
