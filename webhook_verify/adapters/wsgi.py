"""Middleware for any WSGI application (Bottle, Falcon, Pyramid, plain WSGI)::

    app = WebhookMiddleware(app, receiver=Receiver(verifier), path="/webhooks/svix")

On its path, a POST reaches the application only with a verified delivery, as
``environ["webhook_verify.delivery"]``, and with the body as it was received. All else passes through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING

from webhook_verify.adapters._checks import check_blocking_receiver, checked_paths
from webhook_verify.adapters._request_target import wsgi_peer, wsgi_target
from webhook_verify.adapters._settlement import SETTLEMENTS, VERIFIED, Settle
from webhook_verify.adapters._wsgi import SettlingStream, body_again, body_chunks, headers_of
from webhook_verify.errors import RejectedDelivery
from webhook_verify.receiver import NotADelivery, Receiver, RequestHead, WebhookResponse

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["SettlingMiddleware", "WebhookMiddleware"]

_PHRASES = {status.value: status.phrase for status in HTTPStatus}

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None


class WebhookMiddleware:
    """Lets a POST to one of the paths through to ``app`` only as a verified delivery.

    ``path``: the exact path, or several, below SCRIPT_NAME. A route that answers under another path
    too is not protected there: read ``environ["webhook_verify.delivery"]``, which is missing then, and
    not the body. Raises TypeError or ValueError for a configuration that cannot work.
    """

    def __init__(self, app: WSGIApplication, *, receiver: Receiver, path: str | Iterable[str]) -> None:
        check_blocking_receiver(receiver, "receiver is a Receiver, because WSGI is blocking, not")
        self._app = app
        self._receiver = receiver
        self._paths = checked_paths(path)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        if (path := _path(environ)) not in self._paths:
            return self._app(environ, start_response)
        if (method := environ["REQUEST_METHOD"]) != "POST":
            target = wsgi_target(environ) if self._receiver.needs_request_target else ""
            answer = self._receiver.handshake_response(method, target, path)
            if answer is None:
                return self._app(environ, start_response)
            return _send(answer, start_response, method)
        head = RequestHead("POST", path, headers_of(environ), environ.get("CONTENT_LENGTH") or "")
        if self._receiver.needs_request_target:
            head = head._replace(target=wsgi_target(environ), peer=wsgi_peer(environ))
        try:
            verification = self._receiver.begin(head)
            for piece in body_chunks(environ, self._receiver.max_body_bytes):
                verification.update(piece)
            delivery = verification.finish()
        except (RejectedDelivery, NotADelivery) as error:
            return _send(self._receiver.rejection_response(error, head), start_response)
        body_again(delivery.body, environ)
        environ["webhook_verify.delivery"] = delivery
        environ[VERIFIED] = (self._receiver, delivery)  # for a view inside with the same receiver
        if not self._receiver.must_settle:
            return self._app(environ, start_response)
        claim = self._receiver.claim(delivery, head)
        if isinstance(claim, WebhookResponse):
            return _send(claim, start_response)
        settle = partial(self._receiver.settle, claim, head)
        if (outer := environ.get(SETTLEMENTS)) is not None:
            outer.append(settle)
            return self._app(environ, start_response)
        return _Claimed(settle, start_response).run(self._app, environ)


class SettlingMiddleware:
    """Settles the claims of guarded routes by the response that leaves all other middleware.

    Put it around every other WSGI middleware, and around a Django or Flask application:
    ``app = SettlingMiddleware(app)``. It has no path and no receiver: it serves every guarded route inside.

    Args:
        app: The WSGI application.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        if SETTLEMENTS in environ:
            return self._app(environ, start_response)
        settlements: list[Settle] = []
        environ[SETTLEMENTS] = settlements

        def settle(status: int | None) -> None:
            while settlements:
                settlements.pop()(status)

        return _Claimed(settle, start_response).run(self._app, environ)


class _Claimed:
    """A call of an application under a claim, which is settled when the response has been made."""

    def __init__(self, settle: Settle, start_response: StartResponse) -> None:
        self._settle_claim = settle
        self._start_response = start_response
        self._status: int | None = None
        self._has_length = False

    def run(self, app: WSGIApplication, environ: WSGIEnvironment) -> Iterable[bytes]:
        """Call the application; its response."""
        try:
            response = app(environ, self._start)
            if type(response) not in (list, tuple) and not _is_file(response, environ):
                return SettlingStream(response, self._settle, is_made=self._has_length)
        except BaseException:
            self._settle(False)
            raise
        # Before the sender has its answer, or its next request might find the id in flight.
        self._settle(True)
        return response

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: _ExcInfo = None, /
    ) -> Callable[[bytes], object]:
        code = status[:3]
        self._status = int(code) if code.isdecimal() else None
        self._has_length = any(name.lower() == "content-length" for name, _ in headers)
        return self._start_response(status, headers, *([exc_info] if exc_info else []))

    def _settle(self, is_whole: bool) -> None:
        self._settle_claim(self._status if is_whole else None)


def _is_file(response: object, environ: WSGIEnvironment) -> bool:
    """Whether the server sends it as a file, which it could not if it were wrapped."""
    wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(wrapper, type) and isinstance(response, wrapper)


def _path(environ: WSGIEnvironment) -> str:
    """The path below SCRIPT_NAME, whose bytes stand in the environ as Latin-1."""
    raw: str = environ.get("PATH_INFO", "")
    return raw.encode("latin-1", "replace").decode("utf-8", "replace")


def _send(answer: WebhookResponse, start_response: StartResponse, method: str = "POST") -> Iterable[bytes]:
    headers = list(answer.headers)
    if answer.status not in (204, 304):
        headers.append(("content-length", str(len(answer.body))))
    start_response(f"{answer.status} {_PHRASES.get(answer.status, 'WebhookResponse')}", headers)
    return [b"" if method == "HEAD" else answer.body]
