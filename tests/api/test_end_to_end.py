"""From an empty account to verified deliveries and a rotation, over HTTP with a fake server of each API.

A fake server signs as its provider, and retries a delivery without a 2xx response. The same receiver handles
all deliveries.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests import http_client
from tests.api.fake_server import Asked, StandIn
from webhook_verify import AsyncReceiver, Delivery, Receiver, Signer
from webhook_verify.adapters import starlette
from webhook_verify.adapters.wsgi import WebhookMiddleware
from webhook_verify.api.emporix import (
    Emporix,
    SubscriptionAction,
    SubscriptionChange,
    SvixConfigIn,
    SvixConfiguration,
)
from webhook_verify.api.lithic import (
    AsyncLithic,
    AsyncLithicSecretSource,
    EventSubscriptionChanges,
    EventSubscriptionIn,
    Lithic,
    LithicSecretSource,
)
from webhook_verify.api.svix import ApplicationIn, EndpointIn, Svix, SvixSecretSource
from webhook_verify.events import lithic as lithic_events

_numbers = count(1)


def secret(number: int, *, prefix: str = "whsec_") -> str:
    """Unpadded, as Lithic's are."""
    return prefix + f"{number:04}" * 8


class Sender:
    """Delivers, and tries again. ``attempts`` counts."""

    def __init__(self) -> None:
        self.attempts = 0

    def deliver(self, url: str, secrets: Iterable[str], body: bytes, brand: str = "webhook") -> None:
        message_id = f"msg_{next(_numbers)}"
        signed = [Signer(each).sign(body, id=message_id) for each in secrets]
        headers = {**signed[0], "webhook-signature": " ".join(each["webhook-signature"] for each in signed)}
        headers = {name.replace("webhook", brand, 1): value for name, value in headers.items()}
        for _ in range(3):
            self.attempts += 1
            if http_client.post(url, content=body, headers=headers).is_success:
                return
        raise AssertionError("a delivery is lost")


class Rotating:
    """The secrets of an endpoint: the one before signs as well until it has expired."""

    def __init__(self) -> None:
        self.secrets = [secret(1)]

    def rotate(self) -> None:
        self.secrets = [secret(len(self.secrets) + 1), *self.secrets]

    def signing(self, *, is_over: bool) -> list[str]:
        return self.secrets[: 1 if is_over else 2]


class LithicStandIn(StandIn):
    """As much of Lithic's API as this needs, and what it delivers."""

    def __init__(self) -> None:
        super().__init__()
        self.subscription: dict[str, Any] = {}
        self.rotating = Rotating()
        self.sender = Sender()

    def answer(self, asked: Asked) -> tuple[int, object]:
        assert asked.headers["authorization"] == "b4re-k3y"
        one = "/v1/event_subscriptions/ep_1"
        match asked.method, asked.path:
            case "POST", "/v1/event_subscriptions":
                self.subscription = {"token": "ep_1", "description": "", "disabled": False, **asked.json()}
                return 201, self.subscription | {"debugging_request_id": "d1"}
            case "PATCH", path if path == one:
                widened = {"event_types": None, "disabled": False}
                self.subscription = {**self.subscription, **widened, **asked.json()}
                return 200, self.subscription
            case "GET", path if path == one:
                return 200, self.subscription
            case "GET", path if path == one + "/secret":
                return 200, {"secret": self.rotating.secrets[0]}
            case "POST", path if path == one + "/secret/rotate":
                self.rotating.rotate()
                return 204, None
        return 404, {"message": "Not found", "debugging_request_id": "d2"}

    def happens(self, event_type: str, *, is_over: bool = False) -> None:
        """Deliver an event to whoever subscribed to it."""
        if event_type in (self.subscription.get("event_types") or [event_type]):
            body = json.dumps({"event_type": event_type, "token": "c1"}).encode()
            self.sender.deliver(self.subscription["url"], self.rotating.signing(is_over=is_over), body)


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def wsgi_receiver(source: Any, received: list[Delivery]) -> Iterator[str]:
    """The address of a WSGI application behind a receiver."""

    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        received.append(environ["webhook_verify.delivery"])
        start_response("204 No Content", [])
        return []

    app = WebhookMiddleware(application, receiver=Receiver(source), path="/hooks")
    with make_server("127.0.0.1", 0, app, handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hooks"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("is_over", [False, True], ids=["old one signs too", "old one is over"])
def test_lithic(is_over: bool) -> None:
    received: list[Delivery] = []
    with LithicStandIn() as api, Lithic("b4re-k3y", server_url=api.url) as lithic:
        source = LithicSecretSource(lithic, "ep_1", interval=0.001)
        with wsgi_receiver(source, received) as url:
            created = lithic.event_subscriptions.create(
                EventSubscriptionIn(url=url, event_types=["card.created"])
            )
            api.happens("card.created")
            api.happens("balance.updated")
            lithic.event_subscriptions.rotate_secret(created.token)
            api.happens("card.created", is_over=is_over)
            lithic.event_subscriptions.modify(created.token, EventSubscriptionChanges(description="d"))
            api.happens("card.created", is_over=is_over)
            api.happens("balance.updated")  # which nobody subscribed to, still
    assert [each.json()["event_type"] for each in received] == ["card.created"] * 3
    assert api.sender.attempts == 3
    assert all(isinstance(lithic_events.parse(each), lithic_events.LithicEvent) for each in received)


class EmporixStandIn(StandIn):
    """As much of Emporix's API as this needs, and of Svix's, which delivers for it."""

    def __init__(self) -> None:
        super().__init__()
        self.config: dict[str, Any] = {}
        self.versions: dict[str, int] = {}
        self.subscribed = set[str]()
        self.endpoint: dict[str, Any] = {}
        self.rotating = Rotating()
        self.sender = Sender()

    def answer(self, asked: Asked) -> tuple[int, object]:
        if asked.path == "/oauth/token":
            return 200, {"access_token": "t0k3n", "expires_in": 14399}
        is_svix = asked.path.startswith("/api/v1/")
        assert asked.headers["authorization"] == ("Bearer testsk_svix" if is_svix else "Bearer t0k3n")
        return self.as_svix(asked) if is_svix else self.as_emporix(asked)

    def as_emporix(self, asked: Asked) -> tuple[int, object]:
        match asked.method, asked.path.removeprefix("/webhook/acme"):
            case "POST", "/config":
                self.config = asked.json()
                return 201, {"code": self.config["code"]}
            case "GET", "/event-subscriptions":
                return 200, [
                    {"event": {"type": name}, "metadata": {"version": version}}
                    for name, version in self.versions.items()
                ]
            case "PATCH", "/event-subscriptions":
                return 207, [*map(self._changed, asked.json())]
        return 404, {"code": 404, "status": "Not Found"}

    def _changed(self, change: dict[str, Any]) -> dict[str, Any]:
        name = change["eventType"]
        if self.versions.get(name) != change.get("metadata", {}).get("version"):
            return {"eventType": name, "code": 409, "status": "CONFLICT"}
        self.versions[name] = self.versions.get(name, 0) + 1
        (self.subscribed.add if change["action"] == "SUBSCRIBE" else self.subscribed.discard)(name)
        return {"eventType": name, "code": 200, "status": "OK"}

    def as_svix(self, asked: Asked) -> tuple[int, object]:
        times = {"createdAt": "2026-11-21T08:00:00Z", "updatedAt": "2026-11-21T08:00:00Z"}
        one = "/api/v1/app/acme/endpoint/ep_1"
        match asked.method, asked.path.partition("?")[0]:
            case "POST", "/api/v1/app":
                return 201, {"id": "app_1", **asked.json(), **times}
            case "POST", "/api/v1/app/acme/endpoint":
                self.endpoint = asked.json()
                return 201, {"id": "ep_1", **self.endpoint, **times}
            case "GET", path if path == one + "/secret":
                return 200, {"key": self.rotating.secrets[0]}
            case "POST", path if path == one + "/secret/rotate":
                self.rotating.rotate()
                return 204, None
        return 404, {"code": "not_found", "detail": "Entity not found"}

    def happens(self, event_type: str, *, is_over: bool = False) -> None:
        """Deliver an event as Svix does, if it is subscribed and Svix is who delivers."""
        is_svix = self.config.get("provider") == "SVIX" and self.config["active"]
        if is_svix and event_type in self.subscribed:
            secrets = self.rotating.signing(is_over=is_over)
            self.sender.deliver(self.endpoint["url"], secrets, b'{"id": "o1"}', "svix")


@pytest.mark.parametrize("is_over", [False, True], ids=["old one signs too", "old one is over"])
def test_emporix_by_svix(is_over: bool) -> None:
    received: list[Delivery] = []
    with contextlib.ExitStack() as stack:
        api = stack.enter_context(EmporixStandIn())
        emporix = stack.enter_context(Emporix("acme", "me", "s3cret", server_url=api.url))
        svix = stack.enter_context(Svix("testsk_svix", server_url=api.url))
        source = SvixSecretSource(svix, "acme", "ep_1", interval=0.001)
        url = stack.enter_context(wsgi_receiver(source, received))

        svix.application.get_or_create(ApplicationIn(name="Acme", uid="acme"))
        svix.endpoint.create("acme", EndpointIn(url=url))
        account = SvixConfiguration(api_key="Bearer testsk_svix")
        emporix.config.create(SvixConfigIn(code="svix", active=True, configuration=account))
        subscribe = SubscriptionChange(event_type="order.created", action=SubscriptionAction.SUBSCRIBE)
        for _ in range(2):  # the second time there is a version
            emporix.event_subscriptions.apply([subscribe]).raise_for_failures()
        api.happens("order.created")
        api.happens("order.deleted")
        svix.endpoint.rotate_secret("acme", "ep_1")
        api.happens("order.created", is_over=is_over)
        api.happens("order.created", is_over=is_over)
    assert [each.json() for each in received] == [{"id": "o1"}] * 3
    assert api.sender.attempts == 3


@contextmanager
def asgi_receiver(client: AsyncLithic, source: Any, received: list[Delivery]) -> Iterator[str]:
    """The address of an ASGI application behind a receiver, in an event loop of its own."""

    @starlette.webhook(AsyncReceiver(source))
    async def hook(request: Request, delivery: Delivery) -> Response:
        received.append(delivery)
        return Response(status_code=204)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with client:  # it belongs to this event loop
            yield

    app = Starlette(routes=[Route("/hooks", hook, methods=["POST"])], lifespan=lifespan)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=asyncio.run, args=(server.serve(),))
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/hooks"
    finally:
        server.should_exit = True
        thread.join()


def test_lithic_under_asyncio() -> None:
    """The receiver refuses the one delivery that is the first to need the new secret, and gets it again."""
    received: list[Delivery] = []
    with LithicStandIn() as api:
        client = AsyncLithic("b4re-k3y", server_url=api.url)
        source = AsyncLithicSecretSource(client, "ep_1", interval=0.001)
        lithic = Lithic("b4re-k3y", server_url=api.url)
        with lithic, asgi_receiver(client, source, received) as url:
            lithic.event_subscriptions.create(EventSubscriptionIn(url=url))
            api.happens("card.created")
            lithic.event_subscriptions.rotate_secret("ep_1")
            api.happens("card.created", is_over=True)
            api.happens("card.created", is_over=True)
    assert len(received) == 3
    assert api.sender.attempts == 4
