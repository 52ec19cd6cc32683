"""Any request to every adapter, in process: method, raw target, body, headers and peer.

The drivers create the data that a server creates from a request line: an ASGI scope with ``raw_path``, a WSGI
environ with or without ``RAW_URI``, or a Lambda event. The handler returns 200 and the signed part of the
body.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from types import ModuleType
from typing import Annotated, Any, NamedTuple
from urllib.parse import parse_qsl, unquote
from wsgiref.util import setup_testing_defaults

import django
import fastapi
import flask
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import re_path
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.adapters.apps import Headers, Seen
from webhook_verify import AsyncReceiver, Delivery, Receiver
from webhook_verify.adapters import asgi as in_asgi
from webhook_verify.adapters import aws_lambda
from webhook_verify.adapters import django as in_django
from webhook_verify.adapters import fastapi as in_fastapi
from webhook_verify.adapters import flask as in_flask
from webhook_verify.adapters import starlette as in_starlette
from webhook_verify.adapters import wsgi as in_wsgi

__all__ = ["ADAPTERS", "HANDLED", "REWRITTEN", "Adapter", "Ask"]

if not settings.configured:
    settings.configure(SECRET_KEY="of a test")
    django.setup()

HANDLED = b"handled: "


_NO_HEADERS: Headers = {}


class Ask(NamedTuple):
    """A request as on the wire."""

    method: str = "POST"
    target: str = "/hook"
    body: bytes = b""
    headers: Headers = _NO_HEADERS
    peer: str = "192.0.2.1"

    @property
    def path(self) -> str:
        return unquote(self.target.partition("?")[0])

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


Send = Callable[[Any, Ask], Seen]


class Adapter(NamedTuple):
    """``send`` sends a request to an application with a receiver of the class ``receiver``."""

    send: Send
    receiver: type[Receiver | AsyncReceiver]


# Over ASGI


def _over_asgi(app: Any, ask: Ask) -> Seen:
    seen = Seen()
    messages = iter([{"type": "http.request", "body": ask.body, "more_body": False}])

    async def receive() -> dict[str, Any]:
        if message := next(messages, None):
            return message
        await asyncio.Event().wait()  # the client stays connected
        raise AssertionError("unreachable")

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            seen.status = message["status"]
            seen.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        seen.body += message.get("body", b"")

    headers = {"content-length": str(len(ask.body)), **ask.headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": ask.method,
        "scheme": "http",
        "path": ask.path,
        "raw_path": ask.target.partition("?")[0].encode(),
        "query_string": ask.query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "server": ("testserver", 80),
        "client": (ask.peer, 1),
    }
    asyncio.run(app(scope, receive, send))
    return seen


def asgi(receiver: Any, ask: Ask) -> Seen:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        delivery = scope.get("state", {}).get("delivery")
        answer = Response(HANDLED + delivery.body) if delivery else Response(status_code=405)
        await answer(scope, receive, send)

    return _over_asgi(in_asgi.WebhookMiddleware(app, receiver=receiver, path=ask.path), ask)


def starlette(receiver: Any, ask: Ask) -> Seen:
    @in_starlette.webhook(receiver)
    async def hook(request: Request, delivery: Delivery) -> Response:
        return Response(HANDLED + delivery.body)

    return _over_asgi(Starlette(routes=[Route("/{rest:path}", hook)]), ask)


def fastapi_route(receiver: Any, ask: Ask) -> Seen:
    app = fastapi.FastAPI()
    router = fastapi.APIRouter(route_class=in_fastapi.WebhookRoute)
    verified = fastapi.Depends(in_fastapi.webhook(receiver))

    async def hook(delivery: Any) -> Response:
        return Response(HANDLED + delivery.body)

    hook.__annotations__ = {"delivery": Annotated[Delivery, verified], "return": fastapi.Response}
    router.api_route("/{rest:path}", methods=[*receiver.methods])(hook)
    app.include_router(router)
    return _over_asgi(app, ask)


def fastapi_dependency(receiver: Any, ask: Ask) -> Seen:
    app = fastapi.FastAPI()
    verified = fastapi.Depends(in_fastapi.webhook(receiver))

    async def hook(delivery: Any) -> Response:
        return Response(HANDLED + delivery.body)

    hook.__annotations__ = {"delivery": Annotated[Delivery, verified], "return": fastapi.Response}
    app.api_route("/{rest:path}", methods=[*receiver.methods, *receiver.handshake_methods])(hook)
    return _over_asgi(app, ask)


# Over WSGI


def _over_wsgi(app: Any, ask: Ask, raw: str = "RAW_URI") -> Seen:
    seen = Seen()

    def start_response(status: str, headers: list[tuple[str, str]], error: Any = None) -> None:
        seen.status = int(status[:3])
        seen.headers = {name.lower(): value for name, value in headers}

    environ: dict[str, Any] = {
        "REQUEST_METHOD": ask.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": ask.path.encode().decode("latin-1"),
        "QUERY_STRING": ask.query,
        "REMOTE_ADDR": ask.peer,
        "CONTENT_LENGTH": str(len(ask.body)),
        "CONTENT_TYPE": ask.headers.get("content-type", ""),
        "wsgi.input": io.BytesIO(ask.body),
        **{"HTTP_" + name.upper().replace("-", "_"): value for name, value in ask.headers.items()},
    }
    if raw:
        environ[raw] = ask.target
    setup_testing_defaults(environ)
    response = app(environ, start_response)
    seen.body = b"".join(response)
    getattr(response, "close", lambda: None)()
    return seen


def wsgi(receiver: Any, ask: Ask) -> Seen:
    return _over_wsgi(_wsgi_app(receiver, ask), ask)


def wsgi_request_uri(receiver: Any, ask: Ask) -> Seen:
    return _over_wsgi(_wsgi_app(receiver, ask), ask, "REQUEST_URI")


def wsgi_rebuilt(receiver: Any, ask: Ask) -> Seen:
    return _over_wsgi(_wsgi_app(receiver, ask), ask, "")


def _wsgi_app(receiver: Any, ask: Ask) -> Any:
    def app(environ: Any, start_response: Any) -> Any:
        delivery = environ.get("webhook_verify.delivery")
        start_response("200 OK" if delivery else "405 Method Not Allowed", [])
        return [HANDLED + delivery.body if delivery else b""]

    return in_wsgi.WebhookMiddleware(app, receiver=receiver, path=ask.path)


def flask_view(receiver: Any, ask: Ask) -> Seen:
    app = flask.Flask(__name__)

    def hook(delivery: Delivery, rest: str) -> bytes:
        return HANDLED + delivery.body

    app.post("/<path:rest>")(in_flask.webhook(receiver)(hook))
    return _over_wsgi(app, ask)


def flask_async_view(receiver: Any, ask: Ask) -> Seen:
    app = flask.Flask(__name__)

    async def hook(delivery: Delivery, rest: str) -> bytes:
        return HANDLED + delivery.body

    app.post("/<path:rest>")(in_flask.webhook(receiver)(hook))
    return _over_wsgi(app, ask)


def flask_app(receiver: Any, ask: Ask) -> Seen:
    app = flask.Flask(__name__)
    in_flask.WebhookVerify(app, receiver=receiver, path=ask.path)

    def hook(rest: str) -> bytes:
        delivery: Delivery = flask.g.delivery
        return HANDLED + delivery.body

    methods = [*receiver.methods]
    app.add_url_rule("/<path:rest>", view_func=hook, methods=methods, provide_automatic_options=False)
    return _over_wsgi(app, ask)


# Django, Lambda


def _in_django(view: Any, ask: Ask, over: Any) -> Seen:
    urls = ModuleType("urls")
    vars(urls)["urlpatterns"] = [re_path(".*", view)]
    with override_settings(ROOT_URLCONF=urls, ALLOWED_HOSTS=["*"], MIDDLEWARE=[], DEBUG=False):
        seen: Seen = over(ASGIHandler() if over is _over_asgi else WSGIHandler(), ask)
        return seen


def _django_function(receiver: Any, ask: Ask, over: Any) -> Seen:
    def hook(request: HttpRequest, delivery: Delivery) -> HttpResponse:
        return HttpResponse(HANDLED + delivery.body)

    return _in_django(in_django.webhook(receiver)(hook), ask, over)


def django_wsgi(receiver: Any, ask: Ask) -> Seen:
    return _django_function(receiver, ask, _over_wsgi)


def django_asgi(receiver: Any, ask: Ask) -> Seen:
    return _django_function(receiver, ask, _over_asgi)


def django_mixin(receiver: Any, ask: Ask) -> Seen:
    class Hook(in_django.WebhookMixin):
        async def webhook(self, request: HttpRequest, delivery: Delivery) -> HttpResponse:
            return HttpResponse(HANDLED + delivery.body)

    return _in_django(Hook.as_view(receiver=receiver), ask, _over_asgi)


def _lambda(receiver: Any, event: Any) -> Seen:
    def handler(delivery: Delivery, event: Any, context: object) -> Any:
        return {"statusCode": 200, "body": (HANDLED + delivery.body).decode()}

    made = aws_lambda.webhook(receiver)(handler)(event, None)
    return Seen(made["statusCode"], made.get("headers", {}), made.get("body", "").encode())


def lambda_2(receiver: Any, ask: Ask) -> Seen:
    http = {"method": ask.method, "path": ask.path, "sourceIp": ask.peer}
    event = {
        "version": "2.0",
        "rawPath": ask.target.partition("?")[0],
        "rawQueryString": ask.query,
        "headers": ask.headers,
        "requestContext": {"http": http},
        "body": ask.body.decode(),
    }
    return _lambda(receiver, event)


def lambda_1(receiver: Any, ask: Ask) -> Seen:
    several: dict[str, list[str]] = {}
    for name, value in parse_qsl(ask.query, keep_blank_values=True):
        several.setdefault(name, []).append(value)
    event = {
        "path": ask.path,
        "httpMethod": ask.method,
        "headers": ask.headers,
        "multiValueQueryStringParameters": several or None,
        "requestContext": {"path": ask.path, "identity": {"sourceIp": ask.peer}},
        "body": ask.body.decode(),
    }
    return _lambda(receiver, event)


ADAPTERS: dict[str, Adapter] = {
    "asgi": Adapter(asgi, AsyncReceiver),
    "starlette": Adapter(starlette, AsyncReceiver),
    "fastapi": Adapter(fastapi_route, AsyncReceiver),
    "fastapi, dependency": Adapter(fastapi_dependency, AsyncReceiver),
    "wsgi": Adapter(wsgi, Receiver),
    "wsgi, REQUEST_URI": Adapter(wsgi_request_uri, Receiver),
    "flask": Adapter(flask_view, Receiver),
    "flask, async": Adapter(flask_async_view, AsyncReceiver),
    "flask, app-wide": Adapter(flask_app, Receiver),
    "django, WSGI": Adapter(django_wsgi, Receiver),
    "django, ASGI": Adapter(django_asgi, Receiver),
    "django, async mixin": Adapter(django_mixin, AsyncReceiver),
    "lambda, 2.0": Adapter(lambda_2, Receiver),
}
REWRITTEN: dict[str, Adapter] = {
    "wsgi, rebuilt": Adapter(wsgi_rebuilt, Receiver),
    "lambda, 1.0": Adapter(lambda_1, Receiver),
}
"""Adapters without the raw target."""
