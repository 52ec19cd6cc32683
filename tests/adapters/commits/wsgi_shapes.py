"""Flask and plain WSGI applications, each with its commit in another place after the handler."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from flask import Blueprint, Flask, Response, after_this_request, g, request
from flask.views import MethodView

from tests.adapters.commits.database import PATH, Database, guarded
from webhook_verify import AsyncReceiver, Delivery, Receiver
from webhook_verify.adapters.flask import WebhookVerify, webhook
from webhook_verify.adapters.wsgi import SettlingMiddleware, WebhookMiddleware

__all__ = ["WSGI_SHAPES"]

App = Callable[..., Any]


def _flask(database: Database) -> Flask:
    """Return an application whose requests have a transaction, which the caller commits."""
    app = Flask(__name__)
    app.logger.disabled = True  # it would log every failing commit

    @app.before_request
    def begin() -> None:
        g.work = database.begin(request.headers)

    return app


def _commit(*_: Any) -> None:
    g.work.commit()


def _commit_then(response: Response) -> Response:
    g.work.commit()
    return response


def _hook(delivery: Delivery) -> str:
    g.work.add(delivery.id)
    return "ok"


def _decorated(app: Flask) -> Flask:
    app.post(PATH)(webhook(guarded(Receiver))(_hook))
    return app


def _app_wide(app: Flask) -> Flask:
    WebhookVerify(app, receiver=guarded(Receiver), path=PATH)
    app.post(PATH)(lambda: _hook(g.delivery))
    return app


def after_request(database: Database) -> App:
    app = _flask(database)
    app.after_request(_commit_then)
    return _decorated(app)


def teardown_request(database: Database) -> App:
    app = _flask(database)
    app.teardown_request(_commit)
    return _decorated(app)


def teardown_appcontext(database: Database) -> App:
    app = _flask(database)
    app.teardown_appcontext(_commit)
    return _decorated(app)


def app_wide_after_request(database: Database) -> App:
    app = _flask(database)
    app.after_request(_commit_then)
    return _app_wide(app)


def app_wide_after_request_of_before(database: Database) -> App:
    app = _app_wide(_flask(database))
    app.after_request(_commit_then)
    return app


def app_wide_teardown_request(database: Database) -> App:
    app = _flask(database)
    app.teardown_request(_commit)
    return _app_wide(app)


def app_wide_teardown_appcontext(database: Database) -> App:
    app = _app_wide(_flask(database))
    app.teardown_appcontext(_commit)
    return app


def after_this_request_of_the_view(database: Database) -> App:
    app = _flask(database)

    @app.post(PATH)
    @webhook(guarded(Receiver))
    def hook(delivery: Delivery) -> str:
        after_this_request(_commit_then)
        return _hook(delivery)

    return app


def blueprint_after_request(database: Database) -> App:
    app, blueprint = _flask(database), Blueprint("hooks", __name__)
    blueprint.after_request(_commit_then)
    blueprint.post(PATH)(webhook(guarded(Receiver))(_hook))
    app.register_blueprint(blueprint)
    return app


def replaced_response(database: Database) -> App:
    app = _flask(database)
    app.teardown_request(_commit)
    app.after_request(lambda response: Response(response.data, response.status_code))
    return _decorated(app)


def method_view(database: Database) -> App:
    class Hook(MethodView):
        decorators = [webhook(guarded(Receiver))]  # noqa: RUF012

        def post(self, delivery: Delivery) -> str:
            return _hook(delivery)

    app = _flask(database)
    app.teardown_request(_commit)
    app.add_url_rule(PATH, view_func=Hook.as_view("hook"))
    return app


def _async_view(receiver: Any) -> Callable[[Database], App]:
    def shape(database: Database) -> App:
        app = _flask(database)
        app.teardown_request(_commit)

        @app.post(PATH)
        @webhook(receiver())
        async def hook(delivery: Delivery) -> str:
            await asyncio.sleep(0)
            return _hook(delivery)

        return app

    return shape


def streamed(database: Database) -> App:
    app = _flask(database)
    app.teardown_request(_commit)

    @app.post(PATH)
    @webhook(guarded(Receiver))
    def hook(delivery: Delivery) -> Response:
        _hook(delivery)
        return Response(iter(["o", "k"]))

    return app


def _committing(database: Database, app: App) -> App:
    """WSGI middleware with a transaction around the application."""

    def middleware(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        work = environ["work"] = database.begin({"x-commit": 1} if "HTTP_X_COMMIT" in environ else {})
        started: list[Any] = []
        body = list(app(environ, lambda *arguments: started.append(arguments)))
        try:
            work.commit()
        except OSError:
            start_response("500 Commit failed", [("content-length", "0")])
            return []
        start_response(*started[0])
        return body

    return middleware


def _working_flask(receiver: Receiver) -> Flask:
    app = Flask(__name__)

    @app.post(PATH)
    @webhook(receiver)
    def hook(delivery: Delivery) -> str:
        request.environ["work"].add(delivery.id)
        return "ok"

    return app


def _plain(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    environ["work"].add(environ["webhook_verify.delivery"].id)
    start_response("200 OK", [("content-length", "2")])
    return [b"ok"]


def middleware_inside_settling(database: Database) -> App:
    return SettlingMiddleware(_committing(database, _working_flask(guarded(Receiver))))


def middleware_inside_both(database: Database) -> App:
    receiver = guarded(Receiver)
    return WebhookMiddleware(_committing(database, _working_flask(receiver)), receiver=receiver, path=PATH)


def middleware_inside_webhook(database: Database) -> App:
    return WebhookMiddleware(_committing(database, _plain), receiver=guarded(Receiver), path=PATH)


def middleware_between(database: Database) -> App:
    inner = WebhookMiddleware(_plain, receiver=guarded(Receiver), path=PATH)
    return SettlingMiddleware(_committing(database, inner))


def commit_on_close(database: Database) -> App:
    """A body whose close() commits, as in Pyramid or WebOb with a response callback."""

    class Body:
        def __init__(self, work: Any) -> None:
            self._work = work

        def __iter__(self) -> Iterator[bytes]:
            yield b""

        def close(self) -> None:
            self._work.commit()

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        work = environ["work"] = database.begin({"x-commit": 1} if "HTTP_X_COMMIT" in environ else {})
        _plain(environ, start_response)
        return Body(work)

    return WebhookMiddleware(app, receiver=guarded(Receiver), path=PATH)


WSGI_SHAPES: dict[str, Callable[[Database], App]] = {
    "Flask, after_request": after_request,
    "Flask, teardown_request": teardown_request,
    "Flask, teardown_appcontext": teardown_appcontext,
    "Flask, after_request, WebhookVerify behind it": app_wide_after_request,
    "Flask, after_request, WebhookVerify before it": app_wide_after_request_of_before,
    "Flask, teardown_request, WebhookVerify": app_wide_teardown_request,
    "Flask, teardown_appcontext, WebhookVerify": app_wide_teardown_appcontext,
    "Flask, after_this_request": after_this_request_of_the_view,
    "Flask, after_request of a blueprint": blueprint_after_request,
    "Flask, teardown_request, response replaced": replaced_response,
    "Flask, teardown_request, MethodView": method_view,
    "Flask, teardown_request, async view": _async_view(partial(guarded, AsyncReceiver)),
    "Flask, teardown_request, async view with a Receiver": _async_view(partial(guarded, Receiver)),
    "Flask, teardown_request, streamed": streamed,
    "WSGI middleware inside SettlingMiddleware, Flask view": middleware_inside_settling,
    "WSGI middleware inside WebhookMiddleware, Flask view of the same receiver": middleware_inside_both,
    "WSGI middleware inside WebhookMiddleware": middleware_inside_webhook,
    "WSGI middleware around WebhookMiddleware, inside SettlingMiddleware": middleware_between,
}
"""The functions that create the applications, by name. Each serves `PATH`."""
