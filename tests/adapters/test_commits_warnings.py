"""Warnings about commits that cannot be detected: late FastAPI dependencies and outer middleware."""
# No annotations of the future here: FastAPI evaluates those of the routes.

import functools
import logging
import warnings
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.testclient import TestClient

from tests.adapters.commits.asgi_shapes import committing_fastapi, http_commit
from tests.adapters.commits.database import PATH, Database, guarded
from tests.signing import SECRET
from webhook_verify import AsyncReceiver, Delivery, Signer, Verifier
from webhook_verify.adapters import starlette as in_starlette
from webhook_verify.adapters.asgi import SettlingMiddleware, WebhookMiddleware
from webhook_verify.adapters.fastapi import CommitAfterResponseWarning, WebhookRoute, webhook


def session() -> Iterator[int]:
    yield 1


async def async_session() -> AsyncIterator[int]:
    yield 1


class Sessions:
    def __call__(self) -> Iterator[int]:
        yield 1


@functools.wraps(session)
def wrapped_session() -> Any:
    return session()


def using(inner: Annotated[int, Depends(session)]) -> int:
    return inner


def route(*dependencies: Any, receiver: AsyncReceiver | None = None) -> FastAPI:
    app = FastAPI()
    app.router.route_class = WebhookRoute
    guard = Depends(webhook(receiver or guarded(AsyncReceiver)))

    @app.post(PATH, dependencies=[guard, *dependencies])
    async def hook() -> None: ...

    return app


@pytest.mark.parametrize(
    ("dependency", "name"),
    [
        pytest.param(Depends(session), "session", id="generator"),
        pytest.param(Depends(async_session), "async_session", id="async generator"),
        pytest.param(Depends(Sessions()), "Sessions", id="object"),
        pytest.param(Depends(functools.partial(session)), "partial", id="partial"),
        pytest.param(Depends(wrapped_session), "session", id="wrapped"),
        pytest.param(Depends(using), "session", id="below another dependency"),
        pytest.param(Depends(session, scope="request"), "session", id="scope that is said"),
    ],
)
def test_a_dependency_that_ends_after_the_answer_warns_at_start(dependency: Any, name: str) -> None:
    with pytest.warns(CommitAfterResponseWarning, match=rf'Depends\({name}, scope="function"\)') as caught:
        route(dependency)
    assert len(caught) == 1


@pytest.mark.parametrize(
    "dependency", [Depends(session, scope="function"), Depends(lambda: 1)], ids=["function scope", "plain"]
)
def test_another_dependency_does_not_warn(dependency: Any) -> None:
    route(dependency)


def test_a_route_without_replay_protection_does_not_warn() -> None:
    route(Depends(session), receiver=AsyncReceiver(Verifier(SECRET)))


def test_the_warning_can_be_made_an_error() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", CommitAfterResponseWarning)
        with pytest.raises(CommitAfterResponseWarning, match="session"):
            route(Depends(session))


def test_a_dependency_of_include_router_warns_too() -> None:
    router = APIRouter(route_class=WebhookRoute)
    receiver = guarded(AsyncReceiver)

    @router.post(PATH, dependencies=[Depends(session)])
    async def hook() -> None: ...

    app = FastAPI()

    def start_and_deliver() -> None:
        # FastAPI 0.115 resolves the dependencies here, a newer one at the first delivery.
        app.include_router(router, dependencies=[Depends(webhook(receiver))])
        deliver(app)

    with pytest.warns(CommitAfterResponseWarning, match="session"):
        start_and_deliver()


# Middleware outside of the place that settles


def deliver(app: Any, times: int = 3) -> None:
    client = TestClient(app, raise_server_exceptions=False)
    for number in range(times):
        client.post(PATH, content=b"{}", headers=Signer(SECRET).sign(b"{}", id=f"msg_{number}"))


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == "webhook_verify" and record.levelno >= logging.WARNING
    ]


def starlette(*middleware: Middleware) -> Starlette:
    def hook(request: Request, delivery: Delivery) -> Response:
        return Response()

    return Starlette(
        routes=[Route(PATH, in_starlette.webhook(guarded(AsyncReceiver))(hook))], middleware=list(middleware)
    )


class Audit:
    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


def test_a_fastapi_route_under_middleware_logs_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    deliver(committing_fastapi(Database(), guarded(AsyncReceiver)))
    (text,) = warnings_in(caplog)
    assert "http_commit.<locals>.commit" in text
    assert "app.add_middleware(SettlingMiddleware)" in text


def test_a_starlette_route_under_middleware_logs_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    deliver(starlette(Middleware(Audit), Middleware(GZipMiddleware)))
    (text,) = warnings_in(caplog)
    assert "if Audit fails" in text


@pytest.mark.parametrize("owner", ["route", "mount", "router"])
def test_middleware_of_a_route_or_a_mount_logs_one_warning(
    owner: str, caplog: pytest.LogCaptureFixture
) -> None:
    def hook(request: Request, delivery: Delivery) -> Response:
        return Response()

    endpoint = in_starlette.webhook(guarded(AsyncReceiver))(hook)
    audit = [Middleware(CORSMiddleware), Middleware(Audit)]
    route = Route(PATH, endpoint, middleware=audit if owner == "route" else None)
    owners = {
        "route": route,
        "mount": Mount("/", routes=[route], middleware=audit),
        "router": Mount("/", app=Router([route], middleware=audit)),
    }
    deliver(Starlette(routes=[owners[owner]]))
    (text,) = warnings_in(caplog)
    assert "if Audit fails" in text


@pytest.mark.parametrize("place", [SettlingMiddleware, WebhookMiddleware])
def test_middleware_outside_of_the_settling_one_logs_one_warning(
    place: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = FastAPI()
    app.post(PATH)(lambda: None)
    receiver = guarded(AsyncReceiver)
    if place is SettlingMiddleware:
        app.add_middleware(WebhookMiddleware, receiver=receiver, path=PATH)
        app.add_middleware(SettlingMiddleware)
    else:
        app.add_middleware(WebhookMiddleware, receiver=receiver, path=PATH)
    app.middleware("http")(http_commit(Database()))
    deliver(app)
    assert len(warnings_in(caplog)) == 1


@pytest.mark.parametrize(
    "app",
    [
        pytest.param(lambda: starlette(), id="none"),
        pytest.param(
            lambda: starlette(Middleware(CORSMiddleware), Middleware(GZipMiddleware)), id="Starlette's own"
        ),
        pytest.param(
            lambda: starlette(
                Middleware(SettlingMiddleware),
                Middleware(BaseHTTPMiddleware, dispatch=http_commit(Database())),
            ),
            id="SettlingMiddleware outermost",
        ),
        pytest.param(lambda: SettlingMiddleware(starlette(Middleware(Audit))), id="around the application"),
    ],
)
def test_an_order_that_is_right_logs_nothing(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    deliver(app())
    assert warnings_in(caplog) == []
