"""Calls of the WSGI middleware: an environ, an application and its response, and a plain server."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

from tests.signing import BODY, VERIFIER, signed
from webhook_verify import Receiver
from webhook_verify.adapters.wsgi import WebhookMiddleware

__all__ = ["FORM", "Answered", "App", "Quiet", "chunked", "environ_of", "run", "served"]

FORM = "application/x-www-form-urlencoded"


def environ_of(body: bytes = BODY, headers: dict[str, str] | None = None, **changes: Any) -> WSGIEnvironment:
    """Return the environ of a POST to /hook. A change to None removes a variable."""
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/hook",
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    setup_testing_defaults(environ)
    for name, value in (signed(body) if headers is None else headers).items():
        environ["HTTP_" + name.upper().replace("-", "_")] = value
    environ.update({name.replace("wsgi_", "wsgi."): value for name, value in changes.items()})
    return {name: value for name, value in environ.items() if value is not None}


def chunked(body: bytes = BODY, **changes: Any) -> WSGIEnvironment:
    return environ_of(body, CONTENT_LENGTH=None, HTTP_TRANSFER_ENCODING="chunked", **changes)


class App:
    """An application that reads the whole body and records its calls."""

    def __init__(self, status: str = "200 OK", error: BaseException | None = None) -> None:
        self.status = status
        self.error = error
        self.environs: list[WSGIEnvironment] = []
        self.bodies: list[bytes] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.environs.append(environ)
        self.bodies.append(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        if self.error is not None:
            raise self.error
        start_response(self.status, [("Content-Type", "text/plain")])
        return [b"done"]


class Answered:
    """The response that a server received from an application."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""

    def start(self, status: str, headers: Any, exc_info: Any = None) -> Callable[[bytes], object]:
        self.status = int(status.split()[0])
        self.headers = {name.lower(): value for name, value in headers}
        return lambda data: None


def run(app: WSGIApplication, environ: WSGIEnvironment, receiver: Receiver | None = None) -> Answered:
    """Return the response of the middleware, checked by the validator of the standard library."""
    answered = Answered()
    middleware = WebhookMiddleware(app, receiver=receiver or Receiver(VERIFIER), path="/hook")
    pieces = validator(middleware)(environ, answered.start)
    try:
        answered.body = b"".join(pieces)
    finally:
        getattr(pieces, "close", lambda: None)()
    return answered


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


@contextmanager
def served(app: WSGIApplication) -> Generator[str]:
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(timeout=10)
