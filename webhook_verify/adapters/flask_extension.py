"""The Flask extension that guards all views of a path without a decorator.

Import `WebhookVerify` from `webhook_verify.adapters.flask`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

try:
    from flask import Flask, Response, g, request
except ImportError as _missing:
    raise ImportError("webhook_verify.adapters.flask needs Flask: pip install 'flask>=3.0'") from _missing

from webhook_verify.adapters._checks import check_blocking_receiver, checked_pass_methods, checked_paths
from webhook_verify.adapters._flask import body_chunks, request_head, to_response
from webhook_verify.adapters._flask_commit import settle_after_teardown
from webhook_verify.errors import RejectedDelivery
from webhook_verify.receiver import NotADelivery, Receiver, WebhookResponse

__all__ = ["WebhookVerify"]

_DELIVERY = "webhook_verify.delivery"


class WebhookVerify:
    """A Flask extension that passes a request to a path on only with a verified delivery.

    A method without deliveries gets 405, or the response of the receiver's handshake.
    The view must read ``flask.g.delivery``, and not only the body: on an unguarded path it is missing.

    Args:
        app: The application, None to call `init_app` later.
        receiver: The receiver that verifies.
        path: The exact path, or several paths.
        pass_methods: The methods that reach the views without a delivery, such as `["GET"]` for a page.

    Raises:
        TypeError: If `receiver` is not a Receiver, or `path` or `pass_methods` is not of the stated type.
        ValueError: If a path does not start with a slash, or `pass_methods` contains a method of deliveries.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        receiver: Receiver,
        path: str | Iterable[str],
        pass_methods: Iterable[str] = (),
    ) -> None:
        rule = "receiver must be a Receiver (or an AsyncReceiver, with @webhook for async views)"
        check_blocking_receiver(receiver, rule)
        self._receiver = receiver
        self._paths = checked_paths(path)
        self._pass_methods = checked_pass_methods(pass_methods, receiver)
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Guard the paths of an application. Call it for each application.

        Args:
            app: The application.
        """
        app.before_request(self._before)

    def _before(self) -> Response | None:
        if _DELIVERY not in request.environ:
            g.pop("delivery", None)  # An application context may outlive the request of another delivery.
        if request.path not in self._paths:
            return None
        head = request_head(request, self._receiver.needs_request_target)
        if self._receiver.needs_method_response(head.method):
            passes = head.method in self._pass_methods
            respond = self._receiver.handshake_response if passes else self._receiver.method_response
            answer = respond(head.method, head.target, head.path, head.headers)
            if answer is not None or passes:
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
