"""Views of each kind for the tests of the Flask adapter, and applications with one of them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Blueprint, Flask, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from werkzeug.test import TestResponse

from tests.signing import BODY, signed
from webhook_verify import AsyncReceiver, Delivery, Receiver
from webhook_verify.adapters.flask import WebhookVerify, webhook

__all__ = [
    "ASYNC",
    "BLOCKING",
    "EVERY_KIND",
    "FORM",
    "FORM_BODY",
    "KINDS",
    "MULTIPART",
    "MULTIPART_BODY",
    "ONE_OF_EACH",
    "Add",
    "app_wide",
    "app_with",
    "asynchronous",
    "on_blueprint",
    "on_method_view",
    "on_one_async_method",
    "on_one_method",
    "plain",
    "post",
    "post_chunked",
    "seen",
]

FORM = "application/x-www-form-urlencoded"
FORM_BODY = b"type=invoice.paid&customer=Zo%C3%AB"
MULTIPART = "multipart/form-data; boundary=xx"
MULTIPART_BODY = b'--xx\r\nContent-Disposition: form-data; name="type"\r\n\r\ninvoice.paid\r\n--xx--\r\n'

Add = Callable[[Flask, Any], None]


def post(app: Flask, body: bytes = BODY, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
    more.setdefault("content_type", "application/json")
    headers = signed(body) if headers is None else headers
    return app.test_client().post("/hook", data=body, headers=headers, **more)


def post_chunked(app: Flask, body: bytes = BODY, **more: Any) -> TestResponse:
    """Pass on a chunked body like a server that ends the stream."""
    environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    more.setdefault("content_type", "application/json")
    return app.test_client().post(
        "/hook", input_stream=io.BytesIO(body), headers=signed(body), environ_overrides=environ, **more
    )


def seen(delivery: Delivery) -> ResponseReturnValue:
    """Return the data of the delivery, and of Flask's body, that a view can access."""
    same = request.get_data() == delivery.body == request.get_data(cache=False) == request.stream.read()
    return jsonify(id=delivery.id, same=same, form=dict(request.form), json=request.get_json(silent=True))


# Every kind of view


def plain(app: Flask, receiver: Receiver) -> None:
    @app.post("/hook")
    @webhook(receiver)
    def hook(delivery: Delivery) -> ResponseReturnValue:
        return seen(delivery)


def asynchronous(app: Flask, receiver: Receiver) -> None:
    @app.post("/hook")
    @webhook(receiver)
    async def hook(delivery: Delivery) -> ResponseReturnValue:
        await asyncio.sleep(0)
        return seen(delivery)


def on_blueprint(app: Flask, receiver: Receiver) -> None:
    blueprint = Blueprint("hooks", __name__)

    @blueprint.post("/hook")
    @webhook(receiver)
    def hook(delivery: Delivery) -> ResponseReturnValue:
        return seen(delivery)

    app.register_blueprint(blueprint)


def on_method_view(app: Flask, receiver: Receiver) -> None:
    class Hook(MethodView):
        decorators = [webhook(receiver)]  # noqa: RUF012

        def post(self, delivery: Delivery) -> ResponseReturnValue:
            return seen(delivery)

    app.add_url_rule("/hook", view_func=Hook.as_view("hook"))


def on_one_method(app: Flask, receiver: Receiver) -> None:
    class Hook(MethodView):
        def get(self) -> ResponseReturnValue:
            return "registered"

        @webhook(receiver)
        def post(self, delivery: Delivery) -> ResponseReturnValue:
            return seen(delivery)

    app.add_url_rule("/hook", view_func=Hook.as_view("hook"))


def on_one_async_method(app: Flask, receiver: Receiver) -> None:
    class Hook(MethodView):
        @webhook(receiver)
        async def post(self, delivery: Delivery) -> ResponseReturnValue:
            return seen(delivery)

    app.add_url_rule("/hook", view_func=Hook.as_view("hook"))


def app_wide(app: Flask, receiver: Receiver) -> None:
    @app.post("/hook")
    def hook() -> ResponseReturnValue:
        return seen(g.delivery)

    WebhookVerify(app, receiver=receiver, path="/hook")


BLOCKING: list[Add] = [plain, asynchronous, on_blueprint, on_method_view, on_one_method, app_wide]
ASYNC: list[Add] = [asynchronous, on_one_async_method]
KINDS: list[tuple[Add, Any]] = [
    *((add, Receiver) for add in [*BLOCKING, on_one_async_method]),
    *((add, AsyncReceiver) for add in ASYNC),
]
EVERY_KIND = pytest.mark.parametrize(
    ("add", "kind"), KINDS, ids=[f"{add.__name__}-{kind.__name__}" for add, kind in KINDS]
)
ONE_OF_EACH = pytest.mark.parametrize(
    ("add", "kind"),
    [(plain, Receiver), (asynchronous, Receiver), (asynchronous, AsyncReceiver), (app_wide, Receiver)],
    ids=["plain", "async", "async with AsyncReceiver", "app-wide"],
)


def app_with(add: Add, receiver: Any, **config: Any) -> Flask:
    app = Flask(__name__)
    app.config.update(config)
    add(app, receiver)
    return app
