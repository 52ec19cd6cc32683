"""The ASGI middleware: scope, receive and send in process, and behind a real uvicorn.

The first half sends single messages, for behavior that no server shows on demand. The second half sends
real requests over loopback to Starlette applications.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from tests import http_client
from tests.adapters.helpers import IN_FLIGHT, AsyncLedger, served
from tests.signing import BODY, SECRET, VERIFIER, signed
from webhook_verify import AsyncReceiver, Delivery, Receiver, Signer, Verifier
from webhook_verify.adapters.asgi import WebhookMiddleware

pytestmark = pytest.mark.usefixtures("each_path")

Messages = list[dict[str, Any]]


def scope_of(headers: dict[str, str], **changes: Any) -> dict[str, Any]:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": "POST", "path": "/hook", "headers": raw, **changes}


def body_in(*pieces: bytes) -> Messages:
    messages: Messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages[-1]["more_body"] = False
    return messages


class App:
    """An application that reads its whole body and remembers what it saw."""

    def __init__(self, status: int = 200, error: BaseException | None = None) -> None:
        self.status = status
        self.error = error
        self.scopes: list[Any] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        self.bodies.append(body)
        if self.error is not None:
            raise self.error
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})


def run(
    app: App, scope: dict[str, Any], messages: Messages, receiver: AsyncReceiver | None = None
) -> tuple[Messages, Messages]:
    """What the middleware sent, and the messages that nobody received."""
    left, sent = list(messages), list[Any]()

    async def receive() -> Any:
        return left.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    middleware = WebhookMiddleware(app, receiver=receiver or AsyncReceiver(VERIFIER), path="/hook")
    asyncio.run(middleware(scope, receive, send))
    return sent, left


@pytest.mark.parametrize(
    "messages",
    [
        body_in(BODY),
        body_in(BODY[:7], BODY[7:]),
        body_in(b"", *(BODY[at : at + 1] for at in range(len(BODY))), b""),
        [{"type": "http.request", "more_body": True}, {"type": "http.request", "body": BODY}],
    ],
    ids=["at once", "in two", "byte by byte", "without the optional keys"],
)
def test_the_app_gets_the_delivery_and_the_exact_body(messages: Messages) -> None:
    app = App()
    sent, _ = run(app, scope_of(signed()), messages)
    delivery = app.scopes[0]["state"]["delivery"]
    assert isinstance(delivery, Delivery)
    assert delivery.body == app.bodies[0] == BODY
    assert sent[0]["status"] == 200


def test_an_empty_body_can_be_genuine() -> None:
    app = App()
    run(app, scope_of(signed(b"")), body_in(b""))
    assert app.bodies == [b""]


def test_the_state_that_was_there_stays() -> None:
    app = App()
    run(app, scope_of(signed(), state={"pool": 1}), body_in(BODY))
    assert app.scopes[0]["state"]["pool"] == 1


def test_after_the_body_the_app_hears_the_server_again() -> None:
    heard: Messages = []

    async def listening(scope: Any, receive: Any, send: Any) -> None:
        heard.extend([await receive(), await receive()])

    run(listening, scope_of(signed()), [*body_in(BODY), {"type": "http.disconnect"}])  # type: ignore[arg-type]
    assert [message["type"] for message in heard] == ["http.request", "http.disconnect"]


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "lifespan"},
        {"type": "websocket"},
        {"path": "/other"},
        {"path": "/hook/"},
    ],
    ids=str,
)
def test_what_is_not_ours_passes_untouched(changes: dict[str, Any]) -> None:
    app = App()
    scope = scope_of({}, **changes)
    run(app, scope, body_in(b"anything"))
    assert app.scopes == [scope]
    assert app.scopes[0] is scope


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        (signed() | {"webhook-signature": "v2,abc"}, 401),
        (signed() | {"content-length": "9999999"}, 413),
    ],
    ids=["missing", "no signature", "too long"],
)
def test_refused_on_headers_without_reading_the_body(headers: dict[str, str], status: int) -> None:
    app = App()
    sent, left = run(app, scope_of(headers), body_in(BODY))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == status
    assert (b"content-type", b"application/json") in sent[0]["headers"]
    assert left == body_in(BODY)
    assert not app.scopes


def test_refused_as_soon_as_the_stream_is_over_the_limit() -> None:
    app = App()
    messages = body_in(b"x" * 60, b"x" * 60, b"x" * 60)
    sent, left = run(app, scope_of(signed()), messages, AsyncReceiver(VERIFIER, max_body_bytes=100))
    assert sent[0]["status"] == 413
    assert len(left) == 1
    assert not app.scopes


def test_a_tampered_body_never_reaches_the_app() -> None:
    app = App()
    sent, _ = run(app, scope_of(signed()), body_in(BODY + b" "))
    assert sent[0]["status"] == 401
    assert not app.scopes


@pytest.mark.parametrize(
    "before",
    [[], [{"type": "http.request", "body": BODY[:5], "more_body": True}]],
    ids=["at once", "in the middle"],
)
def test_a_client_that_goes_away_is_no_rejection(before: Messages, caplog: pytest.LogCaptureFixture) -> None:
    app = App()
    sent, _ = run(app, scope_of(signed()), [*before, {"type": "http.disconnect"}])
    assert sent[0]["status"] == 400  # which nobody hears, but a middleware in front wants an answer
    assert not app.scopes
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert not [record for record in warnings if record.name == "webhook_verify"]


def test_a_duplicate_header_with_another_value_is_ambiguous() -> None:
    scope = scope_of(signed())
    scope["headers"].append((b"Webhook-Id", b"msg_2"))
    sent, _ = run(App(), scope, body_in(BODY))
    assert sent[0]["status"] == 400


@pytest.mark.parametrize(("status", "outcome"), [(200, "complete"), (204, "complete"), (500, "release")])
def test_the_claim_is_settled_by_the_apps_status(status: int, outcome: str) -> None:
    ledger = AsyncLedger()
    run(App(status), scope_of(signed()), body_in(BODY), AsyncReceiver(VERIFIER, replay=ledger))
    assert ledger.outcome == [outcome]


@pytest.mark.parametrize("error", [RuntimeError("boom"), asyncio.CancelledError()], ids=repr)
def test_the_claim_is_released_when_the_app_fails(error: BaseException) -> None:
    ledger = AsyncLedger()
    with pytest.raises(type(error)):
        run(App(error=error), scope_of(signed()), body_in(BODY), AsyncReceiver(VERIFIER, replay=ledger))
    assert ledger.outcome == ["release"]


@pytest.mark.parametrize(
    ("types", "outcome"),
    [
        (["early_hint", "start", "body"], ["complete"]),
        (["debug", "start", "body", "trailers"], ["complete"]),
        (["start", "pathsend"], ["complete"]),
        (["start"], ["release"]),
        ([], ["release"]),
    ],
)
def test_the_claim_is_settled_once_at_the_end_of_the_response(types: list[str], outcome: list[str]) -> None:
    ledger = AsyncLedger()

    async def respond(scope: Any, receive: Any, send: Any) -> None:
        for each in types:
            await send({"type": f"http.response.{each}", "status": 200, "headers": []})

    app: Any = respond
    run(app, scope_of(signed()), body_in(BODY), AsyncReceiver(VERIFIER, replay=ledger))
    assert ledger.outcome == outcome


def test_the_guards_answer_is_sent_without_running_the_app() -> None:
    app = App()
    ledger = AsyncLedger(IN_FLIGHT)
    sent, _ = run(app, scope_of(signed()), body_in(BODY), AsyncReceiver(VERIFIER, replay=ledger))
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"5") in sent[0]["headers"]
    assert not app.scopes


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"receiver": Receiver(VERIFIER), "path": "/hook"}, TypeError),
        ({"receiver": VERIFIER, "path": "/hook"}, TypeError),
        ({"receiver": AsyncReceiver(VERIFIER), "path": "hook"}, ValueError),
        ({"receiver": AsyncReceiver(VERIFIER), "path": ""}, ValueError),
        ({"receiver": AsyncReceiver(VERIFIER), "path": []}, ValueError),
    ],
)
def test_misuse_is_told_at_construction(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        WebhookMiddleware(App(), **arguments)


# Behind a real server


async def hook(request: Request) -> Response:
    delivery: Delivery = request.state.delivery
    body = await request.body()
    return JSONResponse({"id": delivery.id, "same": body == delivery.body, "json": await request.json()})


async def plain(request: Request) -> Response:
    return Response(await request.body())


def starlette_app() -> Starlette:
    app = Starlette(
        routes=[
            Route("/hook", hook, methods=["GET", "POST"]),
            Route("/plain", plain, methods=["POST"]),
        ]
    )
    app.add_middleware(
        WebhookMiddleware, receiver=AsyncReceiver(Verifier(SECRET), max_body_bytes=1000), path="/hook"
    )
    return app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(starlette_app()) as url:
        yield url


def signed_now(body: bytes) -> dict[str, str]:
    return Signer(SECRET).sign(body)


def test_over_http_the_handler_has_the_delivery_and_the_body(url: str) -> None:
    answer = http_client.post(f"{url}/hook", content=BODY, headers=signed_now(BODY))
    assert answer.status_code == 200
    assert answer.json()["same"] is True
    assert answer.json()["json"]["customer"] == "Zoë"


def test_over_http_a_chunked_body_is_verified(url: str) -> None:
    pieces = iter([BODY[:3], BODY[3:9], BODY[9:]])
    answer = http_client.post(f"{url}/hook", content=pieces, headers=signed_now(BODY))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (BODY, {}, 400),
        (BODY + b" ", signed_now(BODY), 401),
        (b"x" * 1001, signed_now(b"x" * 1001), 413),
    ],
    ids=["unsigned", "tampered", "oversize"],
)
def test_over_http_a_bad_delivery_is_refused(
    url: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = http_client.post(f"{url}/hook", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"


def test_over_http_an_oversize_stream_is_refused(url: str) -> None:
    pieces = (b"x" * 500 for _ in range(3))
    answer = http_client.post(f"{url}/hook", content=pieces, headers=signed_now(b"x" * 1500))
    assert answer.status_code == 413


def test_over_http_other_paths_pass_and_other_methods_do_not(url: str) -> None:
    assert http_client.post(f"{url}/plain", content=b"anything").content == b"anything"
    assert http_client.get(f"{url}/hook").status_code == 405


def test_over_http_a_client_that_hangs_up_in_the_middle_does_no_harm(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    head = "".join(f"{name}: {value}\r\n" for name, value in signed_now(BODY).items())
    with socket.create_connection((host, int(port))) as client:
        client.sendall(f"POST /hook HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n{head}\r\nhalf".encode())
    assert http_client.post(f"{url}/hook", content=BODY, headers=signed_now(BODY)).status_code == 200


def test_below_a_mount_the_path_is_the_one_below_the_root_path() -> None:
    inner = starlette_app()
    with served(Starlette(routes=[Mount("/in", inner)])) as url:
        assert http_client.post(f"{url}/in/hook", content=BODY, headers=signed_now(BODY)).status_code == 200
        assert http_client.post(f"{url}/in/hook", content=BODY, headers={}).status_code == 400


def test_a_base_http_middleware_above_ours_does_not_take_the_body() -> None:
    class Above(BaseHTTPMiddleware):
        async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
            await request.body()
            return await call_next(request)

    app = starlette_app()
    app.add_middleware(Above)
    with served(app) as url:
        assert http_client.post(f"{url}/hook", content=BODY, headers=signed_now(BODY)).status_code == 200
