"""When the claim of a delivery to a Flask view is settled: after whatever can still undo the view's work.

After the view, Flask runs its error handlers, the ``after_request`` functions, the session's saving, the
``teardown_request`` and the ``teardown_appcontext`` functions, and a unit of work may commit in any of them.
They have all returned when the request's context is popped, which is before anything is sent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

try:
    from flask import Flask, Response, current_app, request, request_finished
    from flask import globals as flask_globals
except ImportError as missing:
    raise ImportError("webhook_verify.adapters.flask needs Flask: pip install 'flask>=3.0'") from missing

from webhook_verify.adapters._flask import settle_after_streaming
from webhook_verify.adapters._settlement import SETTLEMENTS, Settle

__all__ = ["settle_after_teardown", "settle_async_after_teardown"]

_PENDING = "webhook_verify.pending"

# Flask 3.2 has one context for the request and the application.
_context: Any = vars(flask_globals).get("request_ctx", flask_globals.app_ctx)

_watched_apps: WeakSet[Flask] = WeakSet()


def settle_after_teardown(response: object, settle: Settle) -> bool:
    """Have the claim settled by the status of the response that Flask sends in the end.

    See ``defer`` of :meth:`webhook_verify.receiver.Receiver.handle_request`.
    """
    context = _context._get_current_object()
    environ = context.request.environ
    if (outer := environ.get(SETTLEMENTS)) is not None:
        outer.append(settle)
        return True
    pending: _PendingRequest | None = environ.get(_PENDING)
    if pending is None:
        environ[_PENDING] = pending = _PendingRequest(context)
        app: Flask = context.app
        if app not in _watched_apps:
            request_finished.connect(_note_response, sender=app)
            _watched_apps.add(app)
    pending.settlements.append(settle)
    return True


def settle_async_after_teardown(response: object, settle: Settle) -> bool:
    """As :func:`settle_after_teardown`, for a claim whose settling is awaited."""
    return settle_after_teardown(response, current_app.ensure_sync(settle))


class _PendingRequest:
    """A request whose claim is settled when its context has been popped."""

    __slots__ = ("_context", "_is_streamed", "_pop", "_status", "settlements")

    def __init__(self, context: Any) -> None:
        self.settlements: list[Callable[[int | None], object]] = []
        self._context = context
        self._status: int | None = None
        self._is_streamed = False
        self._pop: Callable[..., None] = context.pop
        vars(context)["pop"] = self._pop_and_settle

    def note(self, response: Response) -> None:
        """Note a response that all after-request functions have seen; the last one is sent."""
        self._status = response.status_code
        self._is_streamed = settle_after_streaming(response, self._finish)

    def _pop_and_settle(self, error: BaseException | None = None, *arguments: Any) -> None:
        context, self._context = self._context, None
        del vars(context)["pop"]
        if error is not None and sys.exc_info()[1] is error:
            self._status = None  # no error handler has answered it: it goes on to the server
        try:
            self._pop(error, *arguments)
        except BaseException:
            self._finish(None)
            raise
        if not self._is_streamed:
            self._finish(self._status)

    def _finish(self, status: int | None) -> None:
        while self.settlements:
            self.settlements.pop()(status)


def _note_response(app: Flask, response: Response, **_: object) -> None:
    pending: _PendingRequest | None = request.environ.get(_PENDING)
    if pending is not None:
        pending.note(response)
