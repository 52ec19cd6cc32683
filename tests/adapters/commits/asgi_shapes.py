"""FastAPI, Starlette and plain ASGI applications, each with its commit in another place."""

# Without `from __future__ import annotations`, because FastAPI evaluates the annotations of routes.

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route

from tests.adapters.commits.database import PATH, Database, guarded
from webhook_verify import AsyncReceiver, Delivery
from webhook_verify.adapters import fastapi as in_fastapi
from webhook_verify.adapters import starlette as in_starlette
from webhook_verify.adapters.asgi import SettlingMiddleware, WebhookMiddleware

__all__ = ["ASGI_SHAPES", "PureCommit", "committing_fastapi", "http_commit"]

App = Any


def http_commit(database: Database) -> Callable[..., Any]:
    """Return a function for ``@app.middleware("http")`` that commits after the route."""

    async def commit(request: StarletteRequest, call_next: Any) -> Response:
        request.state.work = database.begin(request.headers)
        response: Response = await call_next(request)
        request.state.work.commit()
        return response

    return commit


class PureCommit:
    """ASGI middleware that commits when the application has returned, before it sends."""

    def __init__(self, app: App, database: Database) -> None:
        self._app = app
        self._database = database

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode(): value for name, value in scope["headers"]}
        work = self._database.begin(headers)
        scope.setdefault("state", {})["work"] = work
        messages: list[Any] = []

        async def hold(message: Any) -> None:
            messages.append(message)

        await self._app(scope, receive, hold)
        work.commit()
        for message in messages:
            await send(message)


def committing_fastapi(database: Database, receiver: Any) -> FastAPI:
    """Return FastAPI with a guarded route and http middleware that commits, without SettlingMiddleware."""
    app = FastAPI()
    app.router.route_class = in_fastapi.WebhookRoute

    @app.post(PATH)
    async def hook(
        request: Request, delivery: Annotated[Delivery, Depends(in_fastapi.webhook(receiver))]
    ) -> None:
        request.state.work.add(delivery.id)

    app.middleware("http")(http_commit(database))
    return app


def fastapi_settling(database: Database) -> App:
    app = committing_fastapi(database, guarded(AsyncReceiver))
    app.add_middleware(SettlingMiddleware)
    return app


def fastapi_settling_around(database: Database) -> App:
    return SettlingMiddleware(committing_fastapi(database, guarded(AsyncReceiver)))


def fastapi_pure_middleware(database: Database) -> App:
    app = committing_fastapi(database, guarded(AsyncReceiver))
    app.user_middleware.clear()
    app.add_middleware(PureCommit, database=database)
    app.add_middleware(SettlingMiddleware)
    return app


def fastapi_both(database: Database) -> App:
    receiver = guarded(AsyncReceiver)
    app = committing_fastapi(database, receiver)
    app.add_middleware(WebhookMiddleware, receiver=receiver, path=PATH)
    return app


def fastapi_webhook_middleware(database: Database) -> App:
    app = FastAPI()

    @app.post(PATH)
    async def hook(request: Request) -> None:
        request.state.work.add(request.state.delivery.id)

    app.middleware("http")(http_commit(database))
    app.add_middleware(WebhookMiddleware, receiver=guarded(AsyncReceiver), path=PATH)
    return app


def fastapi_function_scope(database: Database) -> App:
    async def session(request: Request) -> AsyncIterator[Any]:
        work = database.begin(request.headers)
        yield work
        work.commit()

    app = FastAPI()
    app.router.route_class = in_fastapi.WebhookRoute
    receiver = guarded(AsyncReceiver)

    @app.post(PATH)
    async def hook(
        delivery: Annotated[Delivery, Depends(in_fastapi.webhook(receiver))],
        work: Annotated[Any, Depends(session, scope="function")],
    ) -> None:
        work.add(delivery.id)

    return app


def _starlette_hook(request: StarletteRequest, delivery: Delivery) -> Response:
    request.state.work.add(delivery.id)
    return Response(b"ok")


async def _streaming_hook(request: StarletteRequest, delivery: Delivery) -> Response:
    request.state.work.add(delivery.id)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"o"
        yield b"k"

    return StreamingResponse(pieces())


def _starlette(database: Database, hook: Any, *middleware: Middleware) -> Starlette:
    route = Route(PATH, in_starlette.webhook(guarded(AsyncReceiver))(hook))
    commit = Middleware(BaseHTTPMiddleware, dispatch=http_commit(database))
    return Starlette(routes=[route], middleware=[*middleware, commit])


def starlette_settling(database: Database) -> App:
    return _starlette(database, _starlette_hook, Middleware(SettlingMiddleware))


def starlette_streaming(database: Database) -> App:
    return _starlette(database, _streaming_hook, Middleware(SettlingMiddleware))


def starlette_mounted(database: Database) -> App:
    """Return an application that mounts the guarded route, and commits in its own middleware."""
    inner = Starlette(routes=[Route("/", in_starlette.webhook(guarded(AsyncReceiver))(_starlette_hook))])
    commit = Middleware(BaseHTTPMiddleware, dispatch=http_commit(database))
    app = Starlette(routes=[Mount(PATH, inner)], middleware=[Middleware(SettlingMiddleware), commit])
    app.router.redirect_slashes = False

    async def with_slash(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "path": scope["path"] + "/"}, receive, send)

    return with_slash


def starlette_route_middleware(database: Database) -> App:
    """Return an application with middleware of the route, which is inside of the guard."""
    hook = in_starlette.webhook(guarded(AsyncReceiver))(_starlette_hook)
    commit = Middleware(BaseHTTPMiddleware, dispatch=http_commit(database))
    return SettlingMiddleware(Starlette(routes=[Route(PATH, hook, middleware=[commit])]))


def plain_asgi(database: Database) -> App:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["state"]["work"].add(scope["state"]["delivery"].id)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    return WebhookMiddleware(PureCommit(app, database), receiver=guarded(AsyncReceiver), path=PATH)


def plain_asgi_between(database: Database) -> App:
    return SettlingMiddleware(PureCommit(_inner_webhook_middleware(), database))


def _inner_webhook_middleware() -> App:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["state"]["work"].add(scope["state"]["delivery"].id)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    return WebhookMiddleware(app, receiver=guarded(AsyncReceiver), path=PATH)


ASGI_SHAPES: dict[str, Callable[[Database], App]] = {
    "FastAPI, http middleware, SettlingMiddleware added last": fastapi_settling,
    "FastAPI, http middleware, SettlingMiddleware around the application": fastapi_settling_around,
    "FastAPI, ASGI middleware, SettlingMiddleware added last": fastapi_pure_middleware,
    "FastAPI, http middleware, WebhookMiddleware added last, route of the same receiver": fastapi_both,
    "FastAPI, http middleware, WebhookMiddleware added last": fastapi_webhook_middleware,
    "FastAPI, dependency with yield, scope='function'": fastapi_function_scope,
    "Starlette, http middleware, SettlingMiddleware": starlette_settling,
    "Starlette, http middleware, SettlingMiddleware, streamed": starlette_streaming,
    "Starlette, http middleware of the outer application, mounted": starlette_mounted,
    "Starlette, middleware of the route": starlette_route_middleware,
    "ASGI middleware inside WebhookMiddleware": plain_asgi,
    "ASGI middleware around WebhookMiddleware, inside SettlingMiddleware": plain_asgi_between,
}
"""The functions that create the applications, by name. Each serves `PATH`."""
