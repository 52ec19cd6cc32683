"""The FastAPI dependency, in process: with its route class, which has all guarantees, and on plain routes."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest
from fastapi import Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint

from tests import http_client
from tests.adapters.asgi_calls import Headers, call, post
from tests.adapters.fastapi_app import RECEIVER, Event, Verified, app_of, both, fails, show, silent
from tests.adapters.helpers import served
from tests.signing import BODY, NOW, VERIFIER, signed
from webhook_verify import AsyncReceiver, Delivery, Receiver, RejectedDelivery, Verifier
from webhook_verify.adapters.fastapi import webhook
from webhook_verify.receiver import Observer, RequestHead, WebhookResponse


@both
def test_the_handler_has_the_delivery_and_the_body(route_class: type[APIRoute]) -> None:
    answer = post(app_of(show, route_class))
    assert (answer.status_code, answer.json()) == (200, {"id": "msg_1", "same": True})


@both
def test_a_plain_function_is_a_handler(route_class: type[APIRoute]) -> None:
    def hook(delivery: Verified) -> str:
        return delivery.id

    assert post(app_of(hook, route_class)).json() == "msg_1"


GENUINE: dict[str, tuple[bytes, Headers]] = {
    "odd letter case": (BODY, {name.title(): value for name, value in signed().items()}),
    "svix headers": (BODY, {name.replace("webhook", "svix"): value for name, value in signed().items()}),
    "duplicate header, same value": (BODY, [*signed().items(), ("webhook-id", "msg_1")]),
    "empty body": (b"", signed(b"")),
    "not UTF-8": (b"\xff\xfe\x00", signed(b"\xff\xfe\x00")),
    "form-encoded": (
        b"a=1&b=%20",
        signed(b"a=1&b=%20") | {"content-type": "application/x-www-form-urlencoded"},
    ),
    "content-encoding left alone": (BODY, signed() | {"content-encoding": "gzip"}),
}


@both
@pytest.mark.parametrize(("body", "headers"), GENUINE.values(), ids=GENUINE.keys())
def test_genuine(body: bytes, headers: Headers, route_class: type[APIRoute]) -> None:
    assert post(app_of(show, route_class), body, headers).json()["same"] is True


REJECTED: dict[str, tuple[bytes, Headers, int, str]] = {
    "tampered": (BODY + b" ", signed(), 401, "unauthorized"),
    "stale": (BODY, signed(timestamp=NOW - 301), 401, "unauthorized"),
    "future": (BODY, signed(timestamp=NOW + 301), 401, "unauthorized"),
    "unsigned": (BODY, {}, 400, "malformed"),
    "duplicate header": (BODY, [*signed().items(), ("webhook-id", "msg_2")], 400, "malformed"),
    "oversize": (b"x" * 1001, signed(b"x" * 1001), 413, "too_large"),
}


@both
@pytest.mark.parametrize(("body", "headers", "status", "word"), REJECTED.values(), ids=REJECTED.keys())
def test_rejected(body: bytes, headers: Headers, status: int, word: str, route_class: type[APIRoute]) -> None:
    answer = post(app_of(show, route_class), body, headers)
    assert (answer.status_code, answer.text) == (status, f'{{"result":"{word}"}}')
    assert answer.headers["content-type"] == "application/json"


async def in_pieces(body: bytes, size: int) -> Any:
    for at in range(0, len(body), size):
        yield body[at : at + size]


@both
def test_a_stream_is_verified_while_it_arrives(route_class: type[APIRoute]) -> None:
    assert post(app_of(show, route_class), in_pieces(BODY, 5)).json()["same"] is True


@both
def test_an_oversize_stream_is_refused_before_its_end(route_class: type[APIRoute]) -> None:
    seen: list[int] = []

    async def endless() -> Any:
        for number in range(1000):
            seen.append(number)
            yield b"x" * 300

    assert post(app_of(show, route_class), endless()).status_code == 413
    assert len(seen) < 10


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT"])
def test_another_method_is_answered_by_the_receiver(method: str) -> None:
    answer = call(app_of(show), method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.content == (b"" if method == "HEAD" else b'{"result":"method_not_allowed"}')


def test_a_handler_of_another_method_on_the_same_path_stays_reachable() -> None:
    app = app_of(show)
    app.get("/hook")(lambda: "challenge")
    assert call(app, "GET").json() == "challenge"


@both
def test_a_route_of_several_methods_takes_post_only(route_class: type[APIRoute]) -> None:
    app = FastAPI()
    app.router.route_class = route_class
    app.api_route("/hook", methods=["GET", "POST"])(show)
    assert call(app, "GET").json() == {"result": "method_not_allowed"}


# The Pydantic parameter


async def typed(delivery: Verified, event: Event) -> str:
    return event.customer


@both
def test_a_pydantic_parameter_next_to_the_delivery(route_class: type[APIRoute]) -> None:
    headers = signed() | {"content-type": "application/json"}
    assert post(app_of(typed, route_class), headers=headers).json() == "Zoë"


@pytest.mark.parametrize("body", [b"{", b"{}", b"\xff", b"[1"], ids=repr)
def test_the_body_is_verified_before_it_is_parsed(body: bytes) -> None:
    headers = signed() | {"content-type": "application/json"}
    assert post(app_of(typed), body, headers).status_code == 401
    genuine = post(app_of(typed), body, signed(body) | {"content-type": "application/json"})
    assert genuine.status_code in (400, 422)
    assert "detail" in genuine.json()


def test_on_a_plain_route_json_is_decoded_first_but_validated_last() -> None:
    headers = {"content-type": "application/json"}
    assert post(app_of(typed, APIRoute), b"{}", headers).status_code == 400
    assert post(app_of(typed, APIRoute), b"{", headers).status_code == 422


# The receiver's options


def plain(head: RequestHead) -> Verifier | None:
    return VERIFIER if head.header("x-tenant") == "acme" else None


async def awaited(head: RequestHead) -> Verifier | None:
    await asyncio.sleep(0)
    return plain(head)


@pytest.mark.parametrize("lookup", [plain, awaited], ids=["plain", "async"])
@pytest.mark.parametrize(("tenant", "status"), [("acme", 200), ("other", 401)])
def test_one_route_many_tenants(lookup: Any, tenant: str, status: int) -> None:
    app = app_of(silent, dependencies=[Depends(webhook(AsyncReceiver(lookup)))])
    assert post(app, headers=signed() | {"x-tenant": tenant}).status_code == status


@both
def test_on_reject_answers(route_class: type[APIRoute]) -> None:
    def gone(error: RejectedDelivery, head: RequestHead) -> WebhookResponse:
        return WebhookResponse(410, b"gone", (("x-why", str(error.reason)),))

    depends = Depends(webhook(AsyncReceiver(VERIFIER, on_reject=gone)))
    answer = post(app_of(silent, route_class, dependencies=[depends]), headers={})
    assert (answer.status_code, answer.content, answer.headers["x-why"]) == (410, b"gone", "missing_header")


@both
def test_the_observer_is_told(route_class: type[APIRoute]) -> None:
    seen: list[str] = []

    class Counter(Observer):
        def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
            seen.append(delivery.id)

        def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
            seen.append(error.reason)

    depends = Depends(webhook(AsyncReceiver(VERIFIER, observer=Counter())))
    app = app_of(silent, route_class, dependencies=[depends])
    post(app)
    post(app, BODY + b" ")
    assert seen == ["msg_1", "signature_mismatch"]


@pytest.mark.parametrize("receiver", [Receiver(VERIFIER), VERIFIER], ids=["blocking", "verifier"])
def test_the_wrong_kind_of_receiver_is_told_at_once(receiver: Any) -> None:
    with pytest.raises(TypeError, match="receiver must be an AsyncReceiver"):
        webhook(receiver)


# Traps


class ReadsBody(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        await request.body()
        return await call_next(request)


class ReadsStream(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        async for _ in request.stream():
            pass
        return await call_next(request)


@both
def test_trap_a_base_http_middleware_that_reads_the_body_does_no_harm(route_class: type[APIRoute]) -> None:
    app = app_of(show, route_class)
    app.add_middleware(ReadsBody)
    assert post(app).json()["same"] is True


@both
def test_trap_a_middleware_that_consumes_the_stream_is_a_developer_error(
    route_class: type[APIRoute],
) -> None:
    app = app_of(show, route_class)
    app.add_middleware(ReadsStream)
    with pytest.raises(RuntimeError, match="the body was read before"):
        fails(app)


async def reads_form(request: Request) -> None:
    async for _ in request.stream():  # as form() does, and as FastAPI does for a Form() parameter
        pass


async def parses_body(request: Request) -> None:
    await request.body()


def test_a_dependency_that_reads_the_form_first_comes_after_the_route_class() -> None:
    depends = [Depends(reads_form), Depends(webhook(RECEIVER))]
    assert post(app_of(silent, dependencies=depends)).status_code == 200


def test_trap_a_form_before_ours_on_a_plain_route_is_a_developer_error() -> None:
    with pytest.raises(RuntimeError, match=r"call form\(\) or stream\(\)"):
        fails(app_of(silent, APIRoute, dependencies=[Depends(reads_form), Depends(webhook(RECEIVER))]))


@both
def test_a_dependency_that_reads_the_body_first_does_no_harm(route_class: type[APIRoute]) -> None:
    assert post(app_of(show, route_class, dependencies=[Depends(parses_body)])).json()["same"] is True


@both
def test_trap_a_client_that_goes_away_is_no_rejection(
    route_class: type[APIRoute], caplog: pytest.LogCaptureFixture
) -> None:
    messages = [{"type": "http.request", "body": BODY[:5], "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None: ...

    raw = [(name.encode(), value.encode()) for name, value in signed().items()]
    scope = {"type": "http", "method": "POST", "path": "/hook", "headers": raw, "query_string": b""}
    asyncio.run(app_of(show, route_class)(scope, receive, send))
    assert not messages
    assert not [record for record in caplog.records if record.name == "webhook_verify"]


# Behind a real server


def test_over_http() -> None:
    with served(app_of(show)) as url:
        hook = f"{url}/hook"
        assert http_client.post(hook, content=BODY, headers=signed()).json()["same"] is True
        assert http_client.post(hook, content=iter([BODY[:3], BODY[3:]]), headers=signed()).status_code == 200
        assert http_client.post(hook, content=iter([b"x" * 900] * 2), headers=signed()).status_code == 413
        assert http_client.post(hook, content=BODY + b" ", headers=signed()).status_code == 401
        assert httpx2.head(hook).status_code == 405
