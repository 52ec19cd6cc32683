"""The app-wide form of the Flask adapter: whatever answers a POST to a path is guarded, without a decorator.

:mod:`webhook_verify.adapters.flask` has the decorator, and hands this on.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

try:
    from flask import Flask, Response, g, request
except ImportError as missing:
    raise ImportError("webhook_verify.adapters.flask needs Flask: pip install 'flask>=3.0'") from missing

from webhook_verify.adapters._checks import check_blocking_receiver, checked_paths
from webhook_verify.adapters._flask import body_chunks, request_head, to_response
from webhook_verify.adapters._flask_commit import settle_after_teardown
from webhook_verify.errors import RejectedDelivery
from webhook_verify.receiver import NotADelivery, Receiver, WebhookResponse

__all__ = ["WebhookVerify"]

_DELIVERY = "webhook_verify.delivery"


class WebhookVerify:
    """Lets a POST to one of the paths through to the application only as a verified delivery.

    The view reads ``flask.g.delivery``, and not only the body: under a path that is not guarded it is
    missing. ``path``: the exact path, or several. With ``app`` None, call :meth:`init_app` later.
    Raises TypeError or ValueError for a configuration that cannot work.
    """

    def __init__(self, app: Flask | None = None, *, receiver: Receiver, path: str | Iterable[str]) -> None:
        rule = "receiver is a Receiver, or an AsyncReceiver for an async view only; not"
        check_blocking_receiver(receiver, rule)
        self._receiver = receiver
        self._paths = checked_paths(path)
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Guard the paths of an application; of several, if it is called for each."""
        app.before_request(self._before)

    def _before(self) -> Response | None:
        if _DELIVERY not in request.environ:
            g.pop("delivery", None)  # of another request: an application context may outlive one
        if request.path not in self._paths:
            return None
        head = request_head(request, self._receiver.needs_request_target)
        if head.method != "POST":
            answer = self._receiver.handshake_response(head.method, head.target, head.path)
            return None if answer is None else to_response(answer)
        try:
            incoming = self._receiver.begin(head)
            for piece in body_chunks(request, self._receiver.max_body_bytes):
                incoming.update(piece)
            delivery = incoming.finish()
        except (RejectedDelivery, NotADelivery) as error:
            return to_response(self._receiver.rejection_response(error, head))
        if self._receiver.must_settle:
            claim = self._receiver.claim(delivery, head)
            if isinstance(claim, WebhookResponse):
                return to_response(claim)
            settle_after_teardown(None, partial(self._receiver.settle, claim, head))
        g.delivery = delivery
        request.environ[_DELIVERY] = delivery
        return None
