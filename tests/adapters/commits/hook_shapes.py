"""Applications that commit in an unusual hook of their framework, or in one that changes the response.

`WSGI_HOOK_SHAPES` and `ASGI_HOOK_SHAPES` have the form of the other tables in this folder.
"""

# Without `from __future__ import annotations`, because Litestar evaluates the annotations of handlers.

from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from typing import Any

from flask import Flask, Response, after_this_request, g, request, request_finished
from flask.signals import appcontext_tearing_down
from litestar import Litestar, Request, post
from litestar import Response as LitestarResponse
from litestar.di import NamedDependency, Provide
from litestar.middleware import DefineMiddleware

from tests.adapters.commits.asgi_shapes import PureCommit
from tests.adapters.commits.database import PATH, CommitError, Database, guarded
from webhook_verify import AsyncReceiver, Delivery, Receiver
from webhook_verify.adapters.asgi import SettlingMiddleware, WebhookMiddleware
from webhook_verify.adapters.flask import webhook

__all__ = ["ASGI_HOOK_SHAPES", "WSGI_HOOK_SHAPES"]

App = Any


def _flask(database: Database, above: Callable[[Any], Any] = lambda view: view) -> Flask:
    """Return an application with a guarded view, and a decorator above it."""
    app = Flask(__name__)
    app.logger.disabled = True

    @app.before_request
    def begin() -> None:
        g.work = database.begin(request.headers)

    def hook(delivery: Delivery) -> str:
        g.work.add(delivery.id)
        return "ok"

    app.add_url_rule(PATH, "hook", above(webhook(guarded(Receiver))(hook)), methods=["POST"])
    return app


def flask_decorator(database: Database) -> App:
    def committing(view: Callable[[], Any]) -> Callable[[], Any]:
        def wrapped() -> Any:
            response = view()
            g.work.commit()
            return response

        return wrapped

    return _flask(database, committing)


def flask_after_this_request_above(database: Database) -> App:
    """Register the function after the view. At a failure it returns a response instead of an exception."""

    def committing(view: Callable[[], Any]) -> Callable[[], Any]:
        def commit(response: Response) -> Response:
            try:
                g.work.commit()
            except CommitError:
                return Response("the commit failed", 500)
            return response

        def wrapped() -> Any:
            response = view()
            after_this_request(commit)
            return response

        return wrapped

    return _flask(database, committing)


def flask_request_finished(database: Database) -> App:
    def commit(sender: Flask, **_: Any) -> None:
        g.work.commit()

    app = _flask(database)
    request_finished.connect(commit, app, weak=False)
    return app


def flask_appcontext_tearing_down(database: Database) -> App:
    def commit(sender: Flask, **_: Any) -> None:
        g.work.commit()

    app = _flask(database)
    appcontext_tearing_down.connect(commit, app, weak=False)
    return app


def flask_process_response(database: Database) -> App:
    class Committing(Flask):
        def process_response(self, response: Response) -> Response:
            response = super().process_response(response)
            g.work.commit()
            return response

    app = _flask(database)
    app.__class__ = Committing
    return app


def _around(handler: Any, **hooks: Any) -> App:
    """Return Litestar with one handler, and the receiver around it."""
    app: Any = Litestar([handler], openapi_config=None, logging_config=None, **hooks)
    return WebhookMiddleware(app, receiver=guarded(AsyncReceiver), path=PATH)


def litestar_before_send(database: Database) -> App:
    async def commit(message: Any, scope: Any) -> None:
        if message["type"] == "http.response.start" and "work" in scope["state"]:
            scope["state"].pop("work").commit()

    @post(PATH, status_code=200)
    async def hook(request: Request[Any, Any, Any]) -> str:
        state: Any = request.scope["state"]
        state["work"] = database.begin(request.headers)
        state["work"].add(state["delivery"].id)
        return "ok"

    return _around(hook, before_send=[commit])


def litestar_after_request(database: Database) -> App:
    works: ContextVar[Any] = ContextVar("works")

    async def commit(response: LitestarResponse[Any]) -> LitestarResponse[Any]:
        works.get().commit()
        return response

    @post(PATH, status_code=200)
    async def hook(request: Request[Any, Any, Any]) -> str:
        state: Any = request.scope["state"]
        works.set(database.begin(request.headers))
        works.get().add(state["delivery"].id)
        return "ok"

    return _around(hook, after_request=commit)


def litestar_dependency(database: Database) -> App:
    async def session(request: Request[Any, Any, Any]) -> AsyncIterator[Any]:
        work = database.begin(request.headers)
        yield work
        work.commit()

    @post(PATH, status_code=200, dependencies={"work": Provide(session)})
    async def hook(request: Request[Any, Any, Any], work: NamedDependency[Any]) -> str:
        state: Any = request.scope["state"]
        work.add(state["delivery"].id)
        return "ok"

    return _around(hook)


def litestar_middleware(database: Database) -> App:
    """Return Litestar with a list of middleware, of which that of the webhook is the inner one."""

    @post(PATH, status_code=200)
    async def hook(request: Request[Any, Any, Any]) -> str:
        state: Any = request.scope["state"]
        state["work"].add(state["delivery"].id)
        return "ok"

    webhook_middleware: Any = WebhookMiddleware
    middleware = [
        DefineMiddleware(PureCommit, database=database),
        DefineMiddleware(webhook_middleware, receiver=guarded(AsyncReceiver), path=PATH),
    ]
    app: Any = Litestar([hook], openapi_config=None, logging_config=None, middleware=middleware)
    return SettlingMiddleware(app)


WSGI_HOOK_SHAPES: dict[str, Callable[[Database], App]] = {
    "Flask, decorator above": flask_decorator,
    "Flask, after_this_request of a decorator above, which answers 500": flask_after_this_request_above,
    "Flask, request_finished": flask_request_finished,
    "Flask, appcontext_tearing_down": flask_appcontext_tearing_down,
    "Flask, process_response": flask_process_response,
}

ASGI_HOOK_SHAPES: dict[str, Callable[[Database], App]] = {
    "Litestar, before_send": litestar_before_send,
    "Litestar, after_request": litestar_after_request,
    "Litestar, dependency with yield": litestar_dependency,
    "Litestar, middleware around WebhookMiddleware, inside SettlingMiddleware": litestar_middleware,
}
