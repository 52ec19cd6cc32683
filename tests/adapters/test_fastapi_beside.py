"""A webhook dependency of a router or an application that also has WebSockets and routes without POST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, WebSocket
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from tests.rows import rows
from webhook_verify import AsyncReceiver, Delivery, Signer, Verifier
from webhook_verify.adapters.fastapi import WebhookRoute, webhook
from webhook_verify.replay import MemoryStore, ReplayGuard

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


async def health() -> str:
    return "ok"


async def hook() -> str:
    return "handled"


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


def add_routes(router: Any) -> None:
    router.post("/hook")(hook)
    router.get("/health")(health)
    router.api_route("/both", methods=["GET", "POST"], include_in_schema=False)(health)
    router.websocket("/ws")(socket)


def of_the_application(depends: Any, route_class: Any) -> FastAPI:
    app = FastAPI(dependencies=[depends])
    app.router.route_class = route_class
    add_routes(app)
    return app


def of_the_router(depends: Any, route_class: Any) -> FastAPI:
    router = APIRouter(route_class=route_class, dependencies=[depends])
    add_routes(router)
    app = FastAPI()
    app.include_router(router)
    return app


def of_the_inclusion(depends: Any, route_class: Any) -> FastAPI:
    router = APIRouter(route_class=route_class)
    add_routes(router)
    app = FastAPI()
    app.include_router(router, dependencies=[depends])
    return app


def of_a_router_in_a_router(depends: Any, route_class: Any) -> FastAPI:
    inner = APIRouter(route_class=route_class)
    add_routes(inner)
    outer = APIRouter(route_class=route_class, dependencies=[depends])
    outer.include_router(inner)
    app = FastAPI()
    app.include_router(outer)
    return app


PLACES: list[Callable[[Any, Any], FastAPI]] = [
    of_the_application,
    of_the_router,
    of_the_inclusion,
    of_a_router_in_a_router,
]


def client_of(place: Any, route_class: Any, *, guarded: bool = False) -> TestClient:
    guard = ReplayGuard(MemoryStore()) if guarded else None
    app = place(Depends(webhook(AsyncReceiver(Verifier(SECRET), replay=guard))), route_class)
    return TestClient(app, raise_server_exceptions=True)


@rows("guarded", [False, True])
@rows("place", PLACES)
def test_beside_the_webhooks_all_else_is_served(place: Any, guarded: bool) -> None:
    client = client_of(place, WebhookRoute, guarded=guarded)
    assert client.get("/health").text == '"ok"'
    with client.websocket_connect("/ws") as session:
        assert session.receive_text() == "hello"


@rows("place", PLACES)
def test_with_another_route_class_too(place: Any) -> None:
    client = client_of(place, APIRoute)
    assert client.get("/health").text == '"ok"'
    with client.websocket_connect("/ws") as session:
        assert session.receive_text() == "hello"


@rows("route_class", [WebhookRoute, APIRoute])
@rows("place", PLACES)
def test_the_webhooks_are_verified_as_ever(place: Any, route_class: Any) -> None:
    client = client_of(place, route_class)
    headers = Signer(SECRET).sign(b"{}")
    assert client.post("/hook", content=b"{}", headers=headers).text == '"handled"'
    assert client.post("/hook", content=b"changed", headers=headers).status_code == 401
    assert client.post("/both", content=b"changed", headers=headers).status_code == 401
    assert client.get("/both").status_code == 405, "a route with a POST lets nothing in unverified"
    assert client.post("/health", content=b"{}").status_code == 405


@rows("place", PLACES)
def test_the_schema_of_a_route_beside_tells_of_no_rejection(place: Any) -> None:
    client: Any = client_of(place, WebhookRoute)
    paths = client.app.openapi()["paths"]
    assert "401" not in paths["/health"]["get"]["responses"]


async def takes(delivery: Annotated[Delivery, Depends(webhook(AsyncReceiver(Verifier(SECRET))))]) -> str:
    return delivery.id


@rows("route_class", [WebhookRoute, APIRoute])
def test_a_route_that_takes_the_delivery_is_never_called_without_one(route_class: Any) -> None:
    app = FastAPI()
    app.router.route_class = route_class
    app.get("/taken")(takes)
    app.get("/below", dependencies=[Depends(takes)])(health)
    client = TestClient(app)
    assert [client.get(path).status_code for path in ("/taken", "/below")] == [405, 405]


def test_a_websocket_that_takes_the_delivery_is_told_so() -> None:
    app = FastAPI()

    @app.websocket("/ws")
    async def own(websocket: WebSocket, message_id: Annotated[str, Depends(takes)]) -> None:
        raise AssertionError

    with (
        pytest.raises(RuntimeError, match="a WebSocket has no delivery"),
        TestClient(app).websocket_connect("/ws"),
    ):
        pass
