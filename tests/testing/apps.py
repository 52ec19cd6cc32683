"""One receiver in each framework, and the clients that reach it: what the tests of the test kit post to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import django
import httpx
import httpx2
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient as AsyncDjangoClient
from django.test import Client as DjangoClient
from django.test import override_settings
from django.urls import path
from fastapi import Depends, FastAPI
from fastapi import testclient as fastapi_testclient
from flask import Flask
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient
from werkzeug.test import Client as WerkzeugClient

from webhook_verify import AsyncReceiver, Delivery, Receiver, Verifier
from webhook_verify.adapters import django as django_adapter
from webhook_verify.adapters import fastapi as fastapi_adapter
from webhook_verify.adapters import flask as flask_adapter
from webhook_verify.adapters import starlette as starlette_adapter
from webhook_verify.adapters import wsgi as wsgi_adapter
from webhook_verify.replay import MemoryStore, ReplayGuard

if not settings.configured:
    settings.configure(SECRET_KEY="of a test")
    django.setup()

__all__ = ["KINDS", "PATH", "Handler", "HandlerFailed", "client_of"]

PATH = "/webhooks/svix"


class HandlerFailed(Exception):
    """What the handler raises when it is told to."""


class Handler:
    """Counts the deliveries that reach it, and fails if told so. Its body is the delivery's id."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.fails = False

    def __call__(self, delivery: Delivery) -> str:
        self.deliveries.append(delivery)
        if self.fails:
            raise HandlerFailed
        return delivery.id


def flask_app(verifier: Verifier, handler: Handler) -> Flask:
    app = Flask("app")
    app.add_url_rule(PATH, "hook", flask_adapter.webhook(_receiver(verifier))(handler), methods=["POST"])
    return app


def starlette_app(verifier: Verifier, handler: Handler) -> Starlette:
    @starlette_adapter.webhook(AsyncReceiver(verifier, replay=ReplayGuard(MemoryStore())))
    async def hook(request: Request, delivery: Delivery) -> Response:
        return Response(handler(delivery))

    return Starlette(routes=[Route(PATH, hook, methods=["POST"])])


def fastapi_app(verifier: Verifier, handler: Handler) -> FastAPI:
    verified = Depends(fastapi_adapter.webhook(AsyncReceiver(verifier, replay=ReplayGuard(MemoryStore()))))
    app = FastAPI()
    app.router.route_class = fastapi_adapter.WebhookRoute

    async def hook(delivery: Delivery = verified) -> Response:
        return Response(handler(delivery))

    app.add_api_route(PATH, hook, methods=["POST"])
    return app


def django_urls(verifier: Verifier, handler: Handler) -> Any:
    """Settings under which Django's clients reach the view."""

    @django_adapter.webhook(_receiver(verifier))
    def hook(request: HttpRequest, delivery: Delivery) -> HttpResponse:
        return HttpResponse(handler(delivery))

    urls = ModuleType("tests_testing_urls")
    vars(urls)["urlpatterns"] = [path(PATH.removeprefix("/"), hook)]
    sys.modules[urls.__name__] = urls
    return override_settings(ROOT_URLCONF=urls.__name__, ALLOWED_HOSTS=["*"])


def wsgi_app(verifier: Verifier, handler: Handler) -> Any:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        delivery = environ.get("webhook_verify.delivery")
        if delivery is None:
            start_response("405 Method Not Allowed", [("allow", "POST")])
            return [b""]
        answer = handler(delivery).encode()
        start_response("200 OK", [("content-type", "text/plain")])
        return [answer]

    return wsgi_adapter.WebhookMiddleware(application, receiver=_receiver(verifier), path=PATH)


def _receiver(verifier: Verifier) -> Receiver:
    return Receiver(verifier, replay=ReplayGuard(MemoryStore()))


Make = Callable[[Verifier, Handler], Any]

_CLIENTS: dict[str, Make] = {
    "flask": lambda verifier, handler: flask_app(verifier, handler).test_client(),
    "werkzeug": lambda verifier, handler: WerkzeugClient(wsgi_app(verifier, handler)),
    "starlette": lambda verifier, handler: TestClient(starlette_app(verifier, handler)),
    "fastapi": lambda verifier, handler: fastapi_testclient.TestClient(fastapi_app(verifier, handler)),
    "httpx": lambda verifier, handler: httpx.Client(
        transport=httpx.WSGITransport(wsgi_app(verifier, handler)), base_url="http://testserver"
    ),
    "httpx2": lambda verifier, handler: httpx2.Client(
        transport=httpx2.WSGITransport(wsgi_app(verifier, handler)), base_url="http://testserver"
    ),
    "httpx2, async": lambda verifier, handler: httpx2.AsyncClient(
        transport=httpx2.ASGITransport(starlette_app(verifier, handler)), base_url="http://testserver"
    ),
}
_DJANGO: dict[str, Callable[[], Any]] = {"django": DjangoClient, "django, async": AsyncDjangoClient}
KINDS = [*_CLIENTS, *_DJANGO]


@contextmanager
def client_of(kind: str, verifier: Verifier, handler: Handler) -> Iterator[Any]:
    """A client of this kind, of an app that has this verifier and this handler."""
    if kind in _CLIENTS:
        yield _CLIENTS[kind](verifier, handler)
    else:
        with django_urls(verifier, handler):
            yield _DJANGO[kind]()
