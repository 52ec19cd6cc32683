"""An error handler that turns an exception into a 2xx completes the delivery, in every framework."""
# No annotations of the future here: FastAPI evaluates those of the routes.

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from flask import Flask, g
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from tests.adapters.commits.database import HANDLED_BEFORE, PATH, guarded
from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import AsyncReceiver, Receiver, Signer
from webhook_verify.adapters import fastapi as in_fastapi
from webhook_verify.adapters import flask as in_flask
from webhook_verify.adapters import starlette as in_starlette
from webhook_verify.adapters.asgi import SettlingMiddleware, WebhookMiddleware

Handler = Callable[..., Any]


def flask_client(app: Flask) -> Callable[..., tuple[int, bytes]]:
    def post(headers: dict[str, str]) -> tuple[int, bytes]:
        response = app.test_client().post(PATH, data=b"{}", headers=headers)
        return response.status_code, response.data

    return post


def asgi_client(app: Any) -> Callable[..., tuple[int, bytes]]:
    def post(headers: dict[str, str]) -> tuple[int, bytes]:
        client = TestClient(app, raise_server_exceptions=False)
        response = client.post(PATH, content=b"{}", headers=headers)
        return response.status_code, response.content

    return post


def answering(kind: Any, status: int) -> Any:
    return {kind: lambda request, error: Response("answered", status)}


def flask_view(hook: Handler, kind: Any, status: int) -> Any:
    app = Flask(__name__)
    app.register_error_handler(kind, lambda error: ("answered", status))
    app.post(PATH)(in_flask.webhook(guarded(Receiver))(lambda delivery: hook()))
    return flask_client(app)


def flask_async_view(hook: Handler, kind: Any, status: int) -> Any:
    app = Flask(__name__)
    app.register_error_handler(kind, lambda error: ("answered", status))

    @app.post(PATH)
    @in_flask.webhook(guarded(AsyncReceiver))
    async def view(delivery: Any) -> str:
        return str(hook())

    return flask_client(app)


def flask_app_wide(hook: Handler, kind: Any, status: int) -> Any:
    app = Flask(__name__)
    app.register_error_handler(kind, lambda error: ("answered", status))
    in_flask.WebhookVerify(app, receiver=guarded(Receiver), path=PATH)
    app.post(PATH)(lambda: hook(g.delivery))
    return flask_client(app)


def fastapi_route(hook: Handler, kind: Any, status: int) -> Any:
    app = FastAPI(exception_handlers=answering(kind, status))
    app.router.route_class = in_fastapi.WebhookRoute
    app.post(PATH, dependencies=[Depends(in_fastapi.webhook(guarded(AsyncReceiver)))])(lambda: hook())
    return asgi_client(app)


def starlette_endpoint(hook: Handler, kind: Any, status: int) -> Any:
    async def answer(request: Any, error: Exception) -> Response:
        return Response("answered", status)

    endpoint = in_starlette.webhook(guarded(AsyncReceiver))(lambda request, delivery: hook())
    return asgi_client(Starlette(routes=[Route(PATH, endpoint)], exception_handlers={kind: answer}))


def starlette_mounted(hook: Handler, kind: Any, status: int) -> Any:
    endpoint = in_starlette.webhook(guarded(AsyncReceiver))(lambda request, delivery: hook())
    app = Starlette(
        routes=[Mount("/", routes=[Route(PATH, endpoint)])], exception_handlers=answering(kind, status)
    )
    return asgi_client(SettlingMiddleware(app))


def settling_inside(hook: Handler, kind: Any, status: int) -> Any:
    app = FastAPI(exception_handlers=answering(kind, status))
    app.router.route_class = in_fastapi.WebhookRoute
    app.post(PATH, dependencies=[Depends(in_fastapi.webhook(guarded(AsyncReceiver)))])(lambda: hook())
    app.add_middleware(SettlingMiddleware)
    return asgi_client(app)


def webhook_middleware(hook: Handler, kind: Any, status: int) -> Any:
    app = FastAPI(exception_handlers=answering(kind, status))
    app.post(PATH)(lambda: hook())
    app.add_middleware(WebhookMiddleware, receiver=guarded(AsyncReceiver), path=PATH)
    return asgi_client(app)


MAKERS = [
    flask_view,
    flask_async_view,
    flask_app_wide,
    fastapi_route,
    starlette_endpoint,
    starlette_mounted,
    settling_inside,
    webhook_middleware,
]


def deliver(make: Any, kind: Any, status: int) -> tuple[int, list[tuple[int, bytes]]]:
    calls: list[int] = []

    def hook(*_: object) -> None:
        calls.append(1)
        raise ValueError("of the handler")

    post = make(hook, kind, status)
    headers = Signer(SECRET).sign(b"{}", id="msg_1")
    answers = [post(headers) for _ in range(3)]
    return len(calls), answers


@rows(("make", "kind"), [(make, kind) for make in MAKERS for kind in (ValueError, Exception)])
def test_an_error_that_is_answered_2xx_counts_as_handled(make: Any, kind: Any) -> None:
    calls, answers = deliver(make, kind, 202)
    assert answers == [(202, b"answered"), (200, HANDLED_BEFORE), (200, HANDLED_BEFORE)]
    assert calls == 1


@rows(("make", "kind"), [(make, kind) for make in MAKERS for kind in (ValueError, Exception)])
def test_an_error_that_is_answered_otherwise_is_retried(make: Any, kind: Any) -> None:
    calls, answers = deliver(make, kind, 503)
    assert answers == [(503, b"answered")] * 3
    assert calls == 3


@pytest.mark.parametrize("make", MAKERS)
def test_an_error_that_nothing_answers_is_retried(make: Any) -> None:
    calls, answers = deliver(make, KeyError, 200)
    assert [status for status, _ in answers] == [500] * 3
    assert calls == 3
