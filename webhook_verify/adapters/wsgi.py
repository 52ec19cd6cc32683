"""Middleware for any WSGI application (Bottle, Falcon, Pyramid, plain WSGI)::

    app = WebhookMiddleware(app, receiver=Receiver(verifier), path="/webhooks/svix")

On its path, a POST reaches the application only with a verified delivery, as
``environ["webhook_verify.delivery"]``, and with the body as it was received. All else passes through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from inspect import isgenerator
from types import TracebackType
from typing import TYPE_CHECKING

from webhook_verify.adapters.asgi import checked_paths
from webhook_verify.adapters.wsgi_request import body_again, headers_of, pieces_of
from webhook_verify.errors import RejectedDelivery
from webhook_verify.receiver import Answer, Claim, IncompleteBody, Receiver, RequestFacts

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["WebhookMiddleware"]

_PHRASES = {status.value: status.phrase for status in HTTPStatus}

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None


class WebhookMiddleware:
    """Lets a POST to one of the paths through to ``app`` only as a verified delivery.

    ``path``: the exact path, or several, below SCRIPT_NAME. A route that answers under another path
    too is not protected there: read ``environ["webhook_verify.delivery"]``, which is missing then, and
    not the body. Raises TypeError or ValueError for a configuration that cannot work.
    """

    def __init__(self, app: WSGIApplication, *, receiver: Receiver, path: str | Iterable[str]) -> None:
        _check_receiver(receiver)
        self._app = app
        self._receiver = receiver
        self._paths = checked_paths(path)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request."""
        if environ["REQUEST_METHOD"] != "POST" or (path := _path(environ)) not in self._paths:
            return self._app(environ, start_response)
        facts = RequestFacts("POST", path, headers_of(environ), environ.get("CONTENT_LENGTH") or "")
        try:
            verification = self._receiver.begin(facts)
            for piece in pieces_of(environ, self._receiver.max_body_bytes):
                verification.update(piece)
            delivery = verification.finish()
        except (RejectedDelivery, IncompleteBody) as error:
            return _send(self._receiver.refuse(error, facts), start_response)
        body_again(delivery.body, environ)
        environ["webhook_verify.delivery"] = delivery
        if not self._receiver.is_guarded:
            return self._app(environ, start_response)
        claim = self._receiver.claim(delivery, facts)
        if isinstance(claim, Answer):
            return _send(claim, start_response)
        return _Claimed(self._receiver, claim, facts, start_response).run(self._app, environ)


class _Claimed:
    """The response of an application that runs under a claim, which is settled when it is closed."""

    def __init__(
        self, receiver: Receiver, claim: Claim, facts: RequestFacts, start_response: StartResponse
    ) -> None:
        self._receiver = receiver
        self._facts = facts
        self._claim: Claim | None = claim
        self._start_response = start_response
        self._status: int | None = None

    def run(self, app: WSGIApplication, environ: WSGIEnvironment) -> Iterable[bytes]:
        """Call the application."""
        try:
            self._response = app(environ, self._start)
            self._pieces = iter(self._response)
        except BaseException:
            self._settle(None)
            raise
        # A generator that is closed before its end is stopped in the middle of its work.
        self._is_at_work = isgenerator(self._response)
        return self

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except StopIteration:
            self._is_at_work = False
            raise
        except BaseException:
            self._status = None  # whatever was sent: the handler has failed, and the retry must be processed
            raise

    def close(self) -> None:
        """Close the application's response, once, and settle the claim."""
        if self._claim is None:
            return
        try:
            if close := getattr(self._response, "close", None):
                close()
        except BaseException:
            self._status = None
            raise
        finally:
            self._settle(None if self._is_at_work else self._status)

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: _ExcInfo = None, /
    ) -> Callable[[bytes], object]:
        code = status[:3]
        self._status = int(code) if code.isdecimal() else None
        return self._start_response(status, headers, *([exc_info] if exc_info else []))

    def _settle(self, status: int | None) -> None:
        claim, self._claim = self._claim, None
        if claim is not None:
            self._receiver.settle(claim, self._facts, status)


def _check_receiver(receiver: object) -> None:
    if not isinstance(receiver, Receiver):
        raise TypeError(f"receiver is a Receiver, because WSGI is blocking, not {type(receiver).__name__}")


def _path(environ: WSGIEnvironment) -> str:
    """The path below SCRIPT_NAME, whose bytes stand in the environ as Latin-1."""
    raw: str = environ.get("PATH_INFO", "")
    return raw.encode("latin-1", "replace").decode("utf-8", "replace")


def _send(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    headers = list(answer.headers)
    if answer.status not in (204, 304):
        headers.append(("content-length", str(len(answer.body))))
    start_response(f"{answer.status} {_PHRASES.get(answer.status, 'Answer')}", headers)
    return [answer.body]
