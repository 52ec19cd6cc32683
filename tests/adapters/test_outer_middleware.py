"""A guarded view inside a `WebhookMiddleware` with the same receiver verifies, claims and handles once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import flask
import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from werkzeug.test import Client

from tests.adapters.commits.database import HANDLED_BEFORE, PATH, guarded
from tests.signing import SECRET
from webhook_verify import Delivery, Receiver, Signer
from webhook_verify.adapters import django
from webhook_verify.adapters import flask as flask_adapter
from webhook_verify.adapters.wsgi import WebhookMiddleware

if not settings.configured:
    settings.configure(SECRET_KEY="of a test")

BODY = b"{}"
App = Callable[[Any, Any], Iterable[bytes]]


def flask_app(receiver: Receiver, handled: list[str]) -> App:
    app = flask.Flask("outer")

    @app.post(PATH)
    @flask_adapter.webhook(receiver)
    def hook(delivery: Delivery) -> str:
        handled.append(delivery.id)
        return "done"

    return app


def flask_async_app(receiver: Receiver, handled: list[str]) -> App:
    app = flask.Flask("outer")

    @app.post(PATH)
    @flask_adapter.webhook(receiver)
    async def hook(delivery: Delivery) -> str:
        handled.append(delivery.id)
        return "done"

    return app


def django_app(receiver: Receiver, handled: list[str]) -> App:
    @django.webhook(receiver)
    def hook(request: Any, delivery: Delivery) -> HttpResponse:
        handled.append(delivery.id)
        return HttpResponse("done")

    return lambda environ, start: _respond(hook(WSGIRequest(environ)), start)


def django_async_app(receiver: Receiver, handled: list[str]) -> App:
    @django.webhook(receiver)
    async def hook(request: Any, delivery: Delivery) -> HttpResponse:
        handled.append(delivery.id)
        return HttpResponse("done")

    async def run(environ: Any) -> Any:
        return await hook(WSGIRequest(environ))

    return lambda environ, start: _respond(asyncio.run(run(environ)), start)


def _respond(response: Any, start: Any) -> Iterable[bytes]:
    start(f"{response.status_code} -", [])
    return [response.content]


@pytest.mark.parametrize("make", [flask_app, flask_async_app, django_app, django_async_app])
def test_a_view_inside_takes_the_delivery_of_the_middleware(make: Callable[..., App]) -> None:
    receiver = guarded(Receiver)
    handled: list[str] = []
    client = Client(WebhookMiddleware(make(receiver, handled), receiver=receiver, path=PATH))
    headers = Signer(SECRET).sign(BODY, id="msg_1")
    first, second = (client.post(PATH, data=BODY, headers=headers, buffered=True) for _ in range(2))
    assert (first.status_code, first.data) == (200, b"done")
    assert (second.status_code, second.data) == (200, HANDLED_BEFORE)
    assert handled == ["msg_1"]
