"""Settling the claim of a delivery to a Flask view: after everything that can still undo the view's work.

After the view, Flask runs its error handlers and the ``after_request`` functions, saves the session, and runs
the ``teardown_request`` and ``teardown_appcontext`` functions. A unit of work may commit in any of them. They
have all returned when the context of the request is popped, before the response is sent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

try:
    from flask import Flask, Response, current_app
    from flask import globals as flask_globals
except ImportError as _missing:
    raise ImportError("webhook_verify.adapters.flask needs Flask: pip install 'flask>=3.0'") from _missing

from webhook_verify.adapters._flask import settle_after_streaming
from webhook_verify.adapters._settlement import SETTLEMENTS, Settle

__all__ = ["settle_after_teardown", "settle_async_after_teardown"]

_PENDING = "webhook_verify.pending"
_WATCHED = "webhook_verify.watched"

# Flask 3.2 has one context for the request and the application. The proxy is resolved once per use: each
# attribute of a proxy looks the context up again.
_context: Any = vars(flask_globals).get("request_ctx", flask_globals.app_ctx)
_current_context: Callable[[], Any] = _context._get_current_object


def settle_after_teardown(response: object, settle: Settle) -> bool:
    """Settle the claim by the status that Flask finally sends: ``defer`` of `Receiver.handle_request`."""
    context = _current_context()
    environ = context.request.environ
    if (outer := environ.get(SETTLEMENTS)) is not None:
        outer.append(settle)
        return True
    pending: _PendingRequest | None = environ.get(_PENDING)
    if pending is None:
        environ[_PENDING] = pending = _PendingRequest(context)
        app: Flask = context.app
        if _WATCHED not in app.extensions:
            _watch_responses(app)
    pending.settlements.append(settle)
    return True


def settle_async_after_teardown(response: object, settle: Settle) -> bool:
    """Settle the claim by the status that Flask finally sends: ``defer`` for an AsyncReceiver."""
    return settle_after_teardown(response, current_app.ensure_sync(settle))


class _PendingRequest:
    """A request whose claim is settled when its context has been popped."""

    __slots__ = ("_context", "_is_streamed", "_pop", "_status", "settlements")

    def __init__(self, context: Any) -> None:
        self.settlements: list[Callable[[int | None], object]] = []
        self._context: Any = context
        self._status: int | None = None
        self._is_streamed = False
        self._pop: Any = context.pop
        vars(context)["pop"] = self._pop_and_settle

    def note(self, response: Response) -> None:
        """Record a response that has passed all after-request functions. Flask sends the last one."""
        self._status = response.status_code
        self._is_streamed = settle_after_streaming(response, self._finish)

    def _pop_and_settle(self, error: BaseException | None = None, *arguments: Any) -> None:
        context, pop = self._context, self._pop
        # Without these references, the request is freed now, and not by the next garbage collection.
        self._context = self._pop = None
        del vars(context)["pop"]
        if error is not None and sys.exc_info()[1] is error:
            self._status = None  # No error handler has handled it, so Flask raises it to the server.
        try:
            pop(error, *arguments)
        except BaseException:
            self._finish(None)
            raise
        finally:
            context.request.environ.pop(_PENDING, None)
        if not self._is_streamed:
            self._finish(self._status)

    def _finish(self, status: int | None) -> None:
        while self.settlements:
            self.settlements.pop()(status)


def _watch_responses(app: Flask) -> None:
    """Note each response of the application after its after-request functions and its session."""
    # The signal request_finished is sent a moment later, but its receivers take ten times as long.
    app.extensions[_WATCHED] = True
    process_response: Callable[..., Response] = app.process_response

    @wraps(process_response)
    def process_and_note(*arguments: Any) -> Response:
        response = process_response(*arguments)
        pending: _PendingRequest | None = _current_context().request.environ.get(_PENDING)
        if pending is not None:
            pending.note(response)
        return response

    vars(app)["process_response"] = process_and_note
