"""The applications for `benchmarks.adapters`: a minimal route of each framework, in three variants.

``bare`` reads the body without verification, ``ours`` uses the adapter, and ``svix`` calls svix in the
handler, as its documentation shows. Starlette and Flask also have ``guarded``, which is ours with replay
protection, and ``dict``, which is ours with a dict in the handler. The response is always 200 and the same
text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any

import svix.webhooks

from benchmarks._deliveries import SECRET
from webhook_verify import AsyncReceiver, Delivery, Receiver, Verifier
from webhook_verify.replay import MemoryStore, ReplayGuard

ACCEPTED = "accepted"
PATH = "/hook"
WAYS = ("bare", "ours", "svix")

_webhook = svix.webhooks.Webhook(SECRET)
_Refused = svix.webhooks.WebhookVerificationError


_seen: dict[str, bool] = {}


def _guard(way: str) -> ReplayGuard[MemoryStore] | None:
    return ReplayGuard(MemoryStore()) if way == "guarded" else None


def _in_a_dict(delivery: Delivery) -> str:
    if delivery.id in _seen:
        return "seen before"
    _seen[delivery.id] = False
    answer = ACCEPTED if delivery.body else "empty"
    _seen[delivery.id] = True
    return answer


def _by_hand(body: bytes, headers: Any) -> int:
    """Return the status of the response of a handler that calls svix."""
    try:
        _webhook.verify(body, dict(headers))
    except _Refused:
        return 401
    return 200


def asgi(way: str) -> Any:
    """Return a Starlette application behind `webhook_verify.adapters.asgi.WebhookMiddleware`."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    from webhook_verify.adapters.asgi import WebhookMiddleware

    async def ours(request: Request) -> Response:
        return PlainTextResponse(ACCEPTED if request.state.delivery.body else "empty")

    if way != "ours":
        return starlette(way)
    app = Starlette(routes=[Route(PATH, ours, methods=["POST"])])
    app.add_middleware(WebhookMiddleware, receiver=AsyncReceiver(Verifier(SECRET)), path=PATH)
    return app


def starlette(way: str) -> Any:
    """Return a Starlette application that uses the decorator."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    from webhook_verify.adapters.starlette import webhook

    async def bare(request: Request) -> Response:
        return PlainTextResponse(ACCEPTED if await request.body() else "empty")

    async def by_hand(request: Request) -> Response:
        return PlainTextResponse(ACCEPTED, _by_hand(await request.body(), request.headers))

    receiver = AsyncReceiver(Verifier(SECRET), _guard(way))

    @webhook(receiver)
    async def ours(request: Request, delivery: Delivery) -> Response:
        return PlainTextResponse(ACCEPTED if delivery.body else "empty")

    @webhook(receiver)
    async def in_a_dict(request: Request, delivery: Delivery) -> Response:
        return PlainTextResponse(_in_a_dict(delivery))

    views: dict[str, Any] = {
        "bare": bare,
        "ours": ours,
        "guarded": ours,
        "dict": in_a_dict,
        "svix": by_hand,
    }
    return Starlette(routes=[Route(PATH, views[way], methods=["POST"])])


def fastapi(way: str) -> Any:
    """Return a FastAPI application that uses the route class."""
    from fastapi import Depends, FastAPI, Request
    from fastapi.responses import PlainTextResponse

    from webhook_verify.adapters.fastapi import WebhookRoute, webhook

    receiver = AsyncReceiver(Verifier(SECRET))

    async def bare(request: Request) -> PlainTextResponse:
        return PlainTextResponse(ACCEPTED if await request.body() else "empty")

    async def by_hand(request: Request) -> PlainTextResponse:
        return PlainTextResponse(ACCEPTED, _by_hand(await request.body(), request.headers))

    async def ours(delivery: Delivery) -> PlainTextResponse:
        return PlainTextResponse(ACCEPTED if delivery.body else "empty")

    # FastAPI evaluates annotations, and these names are local.
    bare.__annotations__["request"] = by_hand.__annotations__["request"] = Request
    ours.__annotations__["delivery"] = Annotated[Delivery, Depends(webhook(receiver))]
    app = FastAPI()
    app.router.route_class = WebhookRoute
    views: dict[str, Any] = {"bare": bare, "ours": ours, "svix": by_hand}
    app.post(PATH, response_model=None)(views[way])
    return app


def flask(way: str) -> Any:
    """Return a Flask application that uses the decorator."""
    from flask import Flask, Response, request

    from webhook_verify.adapters.flask import webhook

    def bare() -> Response:
        return Response(ACCEPTED if request.get_data() else "empty")

    def by_hand() -> Response:
        return Response(ACCEPTED, _by_hand(request.get_data(), request.headers))

    receiver = Receiver(Verifier(SECRET), _guard(way))

    @webhook(receiver)
    def ours(delivery: Delivery) -> Response:
        return Response(ACCEPTED if delivery.body else "empty")

    @webhook(receiver)
    def in_a_dict(delivery: Delivery) -> Response:
        return Response(_in_a_dict(delivery))

    app = Flask(__name__)
    views: dict[str, Any] = {
        "bare": bare,
        "ours": ours,
        "guarded": ours,
        "dict": in_a_dict,
        "svix": by_hand,
    }
    app.post(PATH)(views[way])
    return app


def django(way: str) -> Any:
    """Return a Django WSGI application that uses the decorator."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    from webhook_verify.adapters.django import webhook

    urls = type("urls", (), {"urlpatterns": []})
    settings.configure(
        ROOT_URLCONF=urls,
        SECRET_KEY="not used",
        ALLOWED_HOSTS=["*"],
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],  # which sets Content-Length
    )

    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse(ACCEPTED if request.body else "empty")

    def by_hand(request: HttpRequest) -> HttpResponse:
        return HttpResponse(ACCEPTED, status=_by_hand(request.body, request.headers))

    @webhook(Receiver(Verifier(SECRET)))
    def ours(request: HttpRequest, delivery: Delivery) -> HttpResponse:
        return HttpResponse(ACCEPTED if delivery.body else "empty")

    vars(urls)["urlpatterns"].append(path(PATH[1:], {"bare": bare, "ours": ours, "svix": by_hand}[way]))
    return get_wsgi_application()


def wsgi(way: str) -> Any:
    """Return a plain WSGI application behind `webhook_verify.adapters.wsgi.WebhookMiddleware`."""
    from webhook_verify.adapters.wsgi import WebhookMiddleware

    def answer(status: int, start_response: Any) -> Iterable[bytes]:
        start_response(f"{status} Response", [("Content-Length", str(len(ACCEPTED)))])
        return [ACCEPTED.encode()]

    def read(environ: dict[str, Any]) -> bytes:
        body: bytes = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        return body

    def bare(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return answer(200 if read(environ) else 400, start_response)

    def by_hand(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        headers = {
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        return answer(_by_hand(read(environ), headers), start_response)

    def ours(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return answer(200 if environ["webhook_verify.delivery"].body else 400, start_response)

    guarded: Any = WebhookMiddleware(ours, receiver=Receiver(Verifier(SECRET)), path=PATH)
    return {"bare": bare, "ours": guarded, "svix": by_hand}[way]


ASGI: dict[str, Callable[[str], Any]] = {"asgi": asgi, "starlette": starlette, "fastapi": fastapi}
WSGI: dict[str, Callable[[str], Any]] = {"flask": flask, "django": django, "wsgi": wsgi}
