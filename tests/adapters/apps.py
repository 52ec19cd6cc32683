"""Every adapter with one route, in process, for tables of tests that run with all adapters.

A mount creates an application from a receiver and a handler. Two small drivers replace the servers, one for
ASGI and one for WSGI, so that a client can disconnect in the middle of a response.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType
from typing import Annotated, Any, Protocol
from wsgiref.util import setup_testing_defaults

import django
import fastapi
import flask
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path
from flask.typing import ResponseReturnValue
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from webhook_verify import AsyncReceiver, Delivery, Receiver
from webhook_verify.adapters import aws_lambda
from webhook_verify.adapters import django as in_django
from webhook_verify.adapters import fastapi as in_fastapi
from webhook_verify.adapters import flask as in_flask
from webhook_verify.adapters import starlette as in_starlette
from webhook_verify.adapters import wsgi as in_wsgi
from webhook_verify.adapters.asgi import WebhookMiddleware

__all__ = ["MOUNTS", "Headers", "Mount", "Post", "Seen", "Stream"]

if not settings.configured:
    settings.configure(SECRET_KEY="of a test")
    django.setup()

PATH = "/hook"
Headers = dict[str, str]


@dataclass
class Seen:
    """The received part of a response. The status is 500 if the application failed before its start."""

    status: int = 500
    headers: Headers = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Stream:
    """A response in two chunks, with status 200. With ``breaks`` it fails after the first chunk."""

    breaks: bool = False

    def pieces(self) -> Iterator[bytes]:
        yield b"first"
        if self.breaks:
            raise LookupError("the stream breaks off")
        yield b"last"

    async def awaited(self) -> AsyncIterator[bytes]:
        for piece in self.pieces():
            yield piece
            await asyncio.sleep(0.01)  # until the server notices that the client has disconnected


class Post(Protocol):
    """Sends a delivery. With ``leaves`` the client disconnects after the first chunk of the response."""

    def __call__(self, body: bytes, headers: Headers, *, leaves: bool = False) -> Seen: ...


# The drivers


def over_asgi(app: Any) -> Post:
    def post(body: bytes, headers: Headers, *, leaves: bool = False) -> Seen:
        return asyncio.run(_exchange(app, body, headers, leaves))

    return post


async def _exchange(app: Any, body: bytes, headers: Headers, leaves: bool) -> Seen:
    seen, gone = Seen(), asyncio.Event()
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        if message := next(messages, None):
            return message
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            seen.status = message["status"]
            seen.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        seen.body += message.get("body", b"")
        if leaves and seen.body:
            gone.set()

    scope = _scope([*headers.items(), ("content-length", str(len(body)))])
    with suppress(Exception, asyncio.CancelledError):  # a server logs it
        await asyncio.create_task(app(scope, receive, send))
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others, timeout=5)
    return seen


def _scope(headers: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
        "server": ("testserver", 80),
        "client": ("127.0.0.1", 1),
    }


def over_wsgi(app: Any) -> Post:
    def post(body: bytes, headers: Headers, *, leaves: bool = False) -> Seen:
        seen = Seen()
        # A server logs it, and a worker that should exit ends.
        with suppress(Exception, SystemExit, asyncio.CancelledError):
            _answer(app, _environ(body, headers), seen, leaves)
        return seen

    return post


def _answer(app: Any, environ: dict[str, Any], seen: Seen, leaves: bool) -> None:
    def start_response(status: str, headers: list[tuple[str, str]], error: Any = None) -> None:
        seen.status = int(status[:3])
        seen.headers = {name.lower(): value for name, value in headers}

    response = app(environ, start_response)
    try:
        for piece in response:
            seen.body += piece
            if leaves and piece:
                break
    finally:
        getattr(response, "close", lambda: None)()


def _environ(body: bytes, headers: Headers) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **{"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()},
    }
    setup_testing_defaults(environ)
    return environ


# The mounts


async def _awaited(result: Any) -> Any:
    return await result if isinstance(result, Awaitable) else result


def _in_starlette(result: int | Stream) -> Response:
    if isinstance(result, Stream):
        return StreamingResponse(result.awaited())
    return Response(status_code=result)


def asgi(receiver: Any, handler: Any) -> Post:
    async def hook(request: Request) -> Response:
        return _in_starlette(await handler(request.state.delivery))

    app = Starlette(routes=[Route(PATH, hook, methods=["POST"])])
    app.add_middleware(WebhookMiddleware, receiver=receiver, path=PATH)
    return over_asgi(app)


def starlette(receiver: Any, handler: Any) -> Post:
    @in_starlette.webhook(receiver)
    async def hook(request: Request, delivery: Delivery) -> Response:
        return _in_starlette(await handler(delivery))

    return over_asgi(Starlette(routes=[Route(PATH, hook)]))


def starlette_plain(receiver: Any, handler: Any) -> Post:
    @in_starlette.webhook(receiver)
    def hook(request: Request, delivery: Delivery) -> Response:
        return _in_starlette(handler(delivery))

    return over_asgi(Starlette(routes=[Route(PATH, hook)]))


def in_fastapi_(receiver: Any, hook: Any) -> Post:
    app = fastapi.FastAPI()
    app.router.route_class = in_fastapi.WebhookRoute
    verified = fastapi.Depends(in_fastapi.webhook(receiver))
    # FastAPI looks up names in the module, which does not contain the dependency of this function.
    hook.__annotations__ = {"delivery": Annotated[Delivery, verified], "return": fastapi.Response}
    app.post(PATH)(hook)
    return over_asgi(app)


def fastapi_async(receiver: Any, handler: Any) -> Post:
    async def hook(delivery: Any) -> Response:
        return _in_starlette(await handler(delivery))

    return in_fastapi_(receiver, hook)


def fastapi_plain(receiver: Any, handler: Any) -> Post:
    return in_fastapi_(receiver, lambda delivery: _in_starlette(handler(delivery)))


def _flask_response(result: int | Stream) -> ResponseReturnValue:
    return flask.Response(result.pieces()) if isinstance(result, Stream) else ("", result)


def flask_plain(receiver: Any, handler: Any) -> Post:
    app = flask.Flask(__name__)

    def hook(delivery: Delivery) -> ResponseReturnValue:
        return _flask_response(handler(delivery))

    app.post(PATH)(in_flask.webhook(receiver)(hook))
    return over_wsgi(app)


def flask_async(receiver: Any, handler: Any) -> Post:
    app = flask.Flask(__name__)

    async def hook(delivery: Delivery) -> ResponseReturnValue:
        return _flask_response(await handler(delivery))

    app.post(PATH)(in_flask.webhook(receiver)(hook))
    return over_wsgi(app)


def flask_app_wide(receiver: Any, handler: Any) -> Post:
    app = flask.Flask(__name__)
    in_flask.WebhookVerify(app, receiver=receiver, path=PATH)

    @app.post(PATH)
    def hook() -> ResponseReturnValue:
        return _flask_response(handler(flask.g.delivery))

    return over_wsgi(app)


def _django_response(result: int | Stream, over: Any) -> Any:
    if isinstance(result, Stream):
        return StreamingHttpResponse(result.awaited() if over is over_asgi else result.pieces())
    return HttpResponse(status=result)


def _django(view: Any, over: Any) -> Post:
    urls = ModuleType("urls")
    vars(urls)["urlpatterns"] = [path(PATH[1:], view)]

    def post(body: bytes, headers: Headers, *, leaves: bool = False) -> Seen:
        with override_settings(ROOT_URLCONF=urls, ALLOWED_HOSTS=["*"], MIDDLEWARE=[], DEBUG=False):
            app = ASGIHandler() if over is over_asgi else WSGIHandler()
            seen: Seen = over(app)(body, headers, leaves=leaves)
            return seen

    return post


def django_function(over: Any, receiver: Any, handler: Any) -> Post:
    def hook(request: HttpRequest, delivery: Delivery) -> Any:
        return _django_response(handler(delivery), over)

    return _django(in_django.webhook(receiver)(hook), over)


def django_async_function(over: Any, receiver: Any, handler: Any) -> Post:
    async def hook(request: HttpRequest, delivery: Delivery) -> Any:
        return _django_response(await handler(delivery), over)

    return _django(in_django.webhook(receiver)(hook), over)


def django_class(over: Any, receiver: Any, handler: Any) -> Post:
    class Hook(in_django.WebhookMixin):
        def webhook(self, request: HttpRequest, delivery: Delivery) -> Any:
            return _django_response(handler(delivery), over)

    return _django(Hook.as_view(receiver=receiver), over)


def django_async_class(over: Any, receiver: Any, handler: Any) -> Post:
    class Hook(in_django.WebhookMixin):
        async def webhook(self, request: HttpRequest, delivery: Delivery) -> Any:
            return _django_response(await handler(delivery), over)

    return _django(Hook.as_view(receiver=receiver), over)


def wsgi(receiver: Any, handler: Any) -> Post:
    def application(environ: Any, start_response: Any) -> Any:
        result = handler(environ["webhook_verify.delivery"])
        if isinstance(result, Stream):
            start_response("200 OK", [])
            return result.pieces()
        start_response(f"{result} Handled", [("content-length", "0")])
        return [b""]

    return over_wsgi(in_wsgi.WebhookMiddleware(application, receiver=receiver, path=PATH))


def wsgi_generator(receiver: Any, handler: Any) -> Post:
    def application(environ: Any, start_response: Any) -> Iterator[bytes]:
        result = handler(environ["webhook_verify.delivery"])
        start_response("200 OK" if isinstance(result, Stream) else f"{result} Handled", [])
        yield from result.pieces() if isinstance(result, Stream) else [b""]

    return over_wsgi(in_wsgi.WebhookMiddleware(application, receiver=receiver, path=PATH))


def lambda_(receiver: Any, handler: Any) -> Post:
    @aws_lambda.webhook(receiver)
    def function(delivery: Delivery, event: aws_lambda.Event, context: object) -> aws_lambda.Response:
        return {"statusCode": handler(delivery)}

    def post(body: bytes, headers: Headers, *, leaves: bool = False) -> Seen:
        http = {"method": "POST", "path": PATH}
        event = {
            "rawPath": PATH,
            "headers": headers,
            "requestContext": {"http": http},
            "body": body.decode(),
        }
        try:
            made = function(event, None)
        except (Exception, SystemExit):
            return Seen(502)  # the gateway's response in this case
        return Seen(made["statusCode"], made.get("headers", {}), made.get("body", "").encode())

    return post


@dataclass(frozen=True)
class Mount:
    """An adapter with one route: the class of its receiver, and whether its handler is async."""

    make: Callable[[Any, Any], Post]
    receiver: type[Receiver | AsyncReceiver]
    is_async: bool = False
    streams: bool = True
    is_over_asgi: bool = False


_ON_ASGI = partial(Mount, receiver=AsyncReceiver, is_over_asgi=True)

MOUNTS: dict[str, Mount] = {
    "asgi": _ON_ASGI(asgi, is_async=True),
    "starlette": _ON_ASGI(starlette, is_async=True),
    "starlette, plain": _ON_ASGI(starlette_plain),
    "fastapi": _ON_ASGI(fastapi_async, is_async=True),
    "fastapi, plain": _ON_ASGI(fastapi_plain),
    "flask": Mount(flask_plain, Receiver),
    "flask, app-wide": Mount(flask_app_wide, Receiver),
    "flask, async": Mount(flask_async, AsyncReceiver, is_async=True),
    "flask, async, Receiver": Mount(flask_async, Receiver, is_async=True),
    "wsgi": Mount(wsgi, Receiver),
    "wsgi, generator": Mount(wsgi_generator, Receiver),
    "lambda": Mount(lambda_, Receiver, streams=False),
}
for _name, _server in {"WSGI": over_wsgi, "ASGI": over_asgi}.items():
    _mount = partial(Mount, is_over_asgi=_server is over_asgi)
    MOUNTS |= {
        f"django, {_name}": _mount(partial(django_function, _server), Receiver),
        f"django, {_name}, mixin": _mount(partial(django_class, _server), Receiver),
    }
    for _make, _face in {django_async_function: "async", django_async_class: "async mixin"}.items():
        MOUNTS |= {
            f"django, {_name}, {_face}": _mount(partial(_make, _server), AsyncReceiver, is_async=True),
            f"django, {_name}, {_face}, Receiver": _mount(partial(_make, _server), Receiver, is_async=True),
        }
