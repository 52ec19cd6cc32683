"""Middleware for any WSGI application, such as Bottle, Falcon, Pyramid and plain WSGI.

```python
app = WebhookMiddleware(app, receiver=Receiver(verifier), path="/webhooks/svix")
```

A request to the path reaches the application only with a verified delivery, in
``environ["webhook_verify.delivery"]``, and with the unchanged body. Requests to other paths pass through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING

from webhook_verify.adapters._checks import check_blocking_receiver, checked_pass_methods, checked_paths
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
    """Middleware that passes a request to a path on only with a verified delivery.

    A method without deliveries gets 405, or the response of the receiver's handshake.

    A route that is also reachable under another path is not protected there. Read
    ``environ["webhook_verify.delivery"]``, which is missing in that case, and not only the body.

    Args:
        app: The WSGI application.
        receiver: The receiver that verifies.
        path: The exact path, or several paths, below SCRIPT_NAME.
        pass_methods: The methods that reach the application without a delivery, such as `["GET"]` for a page.

    Raises:
        TypeError: If `receiver` is not a Receiver, or `path` or `pass_methods` is not of the stated type.
        ValueError: If a path does not start with a slash, or `pass_methods` contains a method of deliveries.
    """

    def __init__(
        self,
        app: WSGIApplication,
        *,
        receiver: Receiver,
        path: str | Iterable[str],
        pass_methods: Iterable[str] = (),
    ) -> None:
        check_blocking_receiver(receiver, "receiver must be a Receiver, because WSGI is synchronous")
        self._app = app
        self._receiver = receiver
        self._paths = checked_paths(path)
        self._pass_methods = checked_pass_methods(pass_methods, receiver)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        if (path := _path(environ)) not in self._paths:
            return self._app(environ, start_response)
        head = self._head(environ, path)
        if self._receiver.needs_method_response(head.method):
            passes = head.method in self._pass_methods
            respond = self._receiver.handshake_response if passes else self._receiver.method_response
            answer = respond(head.method, head.target, path, head.headers)
            if answer is not None:
                return _send(answer, start_response, head.method)
            if passes:
                return self._app(environ, start_response)
        return self._serve(head, environ, start_response)

    def _head(self, environ: WSGIEnvironment, path: str) -> RequestHead:
        length = environ.get("CONTENT_LENGTH") or ""
        head = RequestHead(environ["REQUEST_METHOD"], path, headers_of(environ), length)
        if self._receiver.needs_request_target:
            return head._replace(target=wsgi_target(environ), peer=wsgi_peer(environ))
        return head

    def _serve(
        self, head: RequestHead, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        try:
            verification = self._receiver.begin(head)
            for piece in body_chunks(environ, self._receiver.max_body_bytes):
                verification.update(piece)
            delivery = verification.finish()
        except (RejectedDelivery, NotADelivery) as error:
            return _send(self._receiver.rejection_response(error, head), start_response)
        body_again(delivery.body, environ)
        environ["webhook_verify.delivery"] = delivery
        environ[VERIFIED] = (self._receiver, delivery)  # For a view inside with the same receiver.
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
    """Middleware that settles the claims of guarded routes by the final response.

    Put it around every other WSGI middleware, and around a Django or Flask application:
    ``app = SettlingMiddleware(app)``. It serves every guarded route inside, without a path or a receiver.

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
    """A call of an application under a claim, which is settled when the response is complete."""

    def __init__(self, settle: Settle, start_response: StartResponse) -> None:
        self._settle_claim = settle
        self._start_response = start_response
        self._status: int | None = None
        self._has_length = False

    def run(self, app: WSGIApplication, environ: WSGIEnvironment) -> Iterable[bytes]:
        """Call the application and return its response."""
        try:
            response = app(environ, self._start)
            if type(response) not in (list, tuple) and not _is_file(response, environ):
                return SettlingStream(response, self._settle, is_made=self._has_length)
        except BaseException:
            self._settle(False)
            raise
        # Settle before the sender receives the response, or its next request may find the id in flight.
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
    """Return whether the server sends the response as a file, which requires an unwrapped object."""
    wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(wrapper, type) and isinstance(response, wrapper)


def _path(environ: WSGIEnvironment) -> str:
    """Return the path below SCRIPT_NAME. The environ contains its bytes decoded as Latin-1."""
    raw: str = environ.get("PATH_INFO", "")
    return raw.encode("latin-1", "replace").decode("utf-8", "replace")


def _send(answer: WebhookResponse, start_response: StartResponse, method: str = "POST") -> Iterable[bytes]:
    headers = list(answer.headers)
    if answer.status not in (204, 304):
        headers.append(("content-length", str(len(answer.body))))
    start_response(f"{answer.status} {_PHRASES.get(answer.status, 'Unknown')}", headers)
    return [b"" if method == "HEAD" else answer.body]
