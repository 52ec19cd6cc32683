"""The Starlette decorator, in process and, where necessary, behind a real uvicorn."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from tests import http_client
from tests.adapters.asgi_calls import Headers, call, post
from tests.adapters.helpers import IN_FLIGHT, IN_FLIGHT_ANSWER, AsyncLedger, served
from tests.signing import BODY, NOW, VERIFIER, signed
from webhook_verify import AsyncReceiver, Delivery, Receiver, RejectedDelivery, Verifier
from webhook_verify.adapters import asgi, starlette
from webhook_verify.adapters.starlette import webhook
from webhook_verify.receiver import Observer, RequestHead, WebhookResponse

pytestmark = pytest.mark.usefixtures("each_path")

RECEIVER = AsyncReceiver(VERIFIER, max_body_bytes=1000)


async def show(request: Request, delivery: Delivery) -> Response:
    return JSONResponse({"id": delivery.id, "same": await request.body() == delivery.body})


def app_of(endpoint: Any, receiver: AsyncReceiver = RECEIVER, *middleware: Any) -> Starlette:
    route = Route("/hook", webhook(receiver)(endpoint))
    return Starlette(routes=[route], middleware=[Middleware(one) for one in middleware])


def test_the_handler_has_the_delivery_and_the_body() -> None:
    answer = post(app_of(show))
    assert (answer.status_code, answer.json()) == (200, {"id": "msg_1", "same": True})


def test_a_plain_function_runs_in_the_threadpool() -> None:
    def where(request: Request, delivery: Delivery) -> Response:
        return Response(threading.current_thread().name + request.method + delivery.id)

    assert post(app_of(where)).text != threading.current_thread().name + "POSTmsg_1"
    assert post(app_of(where)).text.endswith("POSTmsg_1")


def test_a_callable_object_is_an_endpoint() -> None:
    class Hook:
        async def __call__(self, request: Request, delivery: Delivery) -> Response:
            return Response(delivery.id)

    assert post(app_of(Hook())).text == "msg_1"


def test_json_and_form_read_the_verified_bytes() -> None:
    async def read(request: Request, delivery: Delivery) -> Response:
        return JSONResponse(await request.json())

    assert post(app_of(read)).json()["customer"] == "Zoë"


GENUINE: dict[str, tuple[bytes, Headers]] = {
    "plain": (BODY, signed()),
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


@pytest.mark.parametrize(("body", "headers"), GENUINE.values(), ids=GENUINE.keys())
def test_genuine(body: bytes, headers: Headers) -> None:
    assert post(app_of(show), body, headers).json()["same"] is True


REJECTED: dict[str, tuple[bytes, Headers, int, str]] = {
    "tampered": (BODY + b" ", signed(), 401, "unauthorized"),
    "stale": (BODY, signed(timestamp=NOW - 301), 401, "unauthorized"),
    "future": (BODY, signed(timestamp=NOW + 301), 401, "unauthorized"),
    "unsigned": (BODY, {}, 400, "malformed"),
    "duplicate header": (BODY, [*signed().items(), ("webhook-id", "msg_2")], 400, "malformed"),
    "oversize": (b"x" * 1001, signed(b"x" * 1001), 413, "too_large"),
    "empty, of a full one": (b"", signed(), 401, "unauthorized"),
}


@pytest.mark.parametrize(("body", "headers", "status", "word"), REJECTED.values(), ids=REJECTED.keys())
def test_rejected(body: bytes, headers: Headers, status: int, word: str) -> None:
    answer = post(app_of(show), body, headers)
    assert (answer.status_code, answer.text) == (status, f'{{"result":"{word}"}}')
    assert answer.headers["content-type"] == "application/json"


async def in_pieces(body: bytes, size: int = 300) -> Any:
    for at in range(0, len(body), size):
        yield body[at : at + size]


def test_a_stream_is_verified_while_it_arrives() -> None:
    assert post(app_of(show), in_pieces(BODY, 5)).json()["same"] is True


def test_an_oversize_stream_is_refused_before_its_end() -> None:
    seen: list[int] = []

    async def endless() -> Any:
        for number in range(1000):
            seen.append(number)
            yield b"x" * 300

    assert post(app_of(show), endless()).status_code == 413
    assert len(seen) < 10


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_another_method_is_answered_by_the_receiver(method: str) -> None:
    answer = call(app_of(show), method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.content == (b"" if method == "HEAD" else b'{"result":"method_not_allowed"}')


def test_a_route_of_post_alone_leaves_the_others_to_starlette() -> None:
    app = Starlette(routes=[Route("/hook", webhook(RECEIVER)(show), methods=["POST"])])
    assert post(app).status_code == 200
    assert call(app, "GET").status_code == 405


@pytest.mark.parametrize(("status", "outcome"), [(200, "complete"), (204, "complete"), (500, "release")])
def test_the_claim_is_settled_by_the_handlers_status(status: int, outcome: str) -> None:
    async def hook(request: Request, delivery: Delivery) -> Response:
        return Response(status_code=status)

    ledger = AsyncLedger()
    assert post(app_of(hook, AsyncReceiver(VERIFIER, replay=ledger))).status_code == status
    assert ledger.outcome == [outcome]


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError("boom"), 500), (HTTPException(503), 503)], ids=["any", "http"]
)
def test_the_claim_is_released_when_the_handler_raises(error: Exception, status: int) -> None:
    async def hook(request: Request, delivery: Delivery) -> Response:
        raise error

    ledger = AsyncLedger()
    assert post(app_of(hook, AsyncReceiver(VERIFIER, replay=ledger))).status_code == status
    assert ledger.outcome == ["release"]


def test_the_claim_is_released_when_the_response_breaks_off() -> None:
    async def hook(request: Request, delivery: Delivery) -> Response:
        async def pieces() -> Any:
            yield b"half"
            raise RuntimeError("boom")

        return StreamingResponse(pieces())

    ledger = AsyncLedger()
    with pytest.raises(RuntimeError, match="boom"):
        with_server_errors(app_of(hook, AsyncReceiver(VERIFIER, replay=ledger)))
    assert ledger.outcome == ["release"]


def with_server_errors(app: Any) -> None:
    async def send() -> None:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://t") as client:
            await client.post("/hook", content=BODY, headers=signed())

    asyncio.run(send())


def test_the_claim_is_settled_before_the_sender_has_its_answer() -> None:
    ledger = AsyncLedger()
    before: list[str] = []

    async def scenario() -> None:
        async def receive() -> Any:
            return {"type": "http.request", "body": BODY}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                before.extend(ledger.outcome)

        raw = [(name.encode(), value.encode()) for name, value in signed().items()]
        scope = {"type": "http", "method": "POST", "path": "/hook", "headers": raw}
        await webhook(AsyncReceiver(VERIFIER, replay=ledger))(show)(scope, receive, send)

    asyncio.run(scenario())
    assert before == ledger.outcome == ["complete"]


def test_the_guards_answer_is_sent_without_running_the_handler() -> None:
    async def never(request: Request, delivery: Delivery) -> Response:
        raise AssertionError

    ledger = AsyncLedger(IN_FLIGHT)
    answer = post(app_of(never, AsyncReceiver(VERIFIER, replay=ledger)))
    assert (answer.status_code, answer.content, answer.headers["retry-after"]) == IN_FLIGHT_ANSWER


def plain(head: RequestHead) -> Verifier | None:
    return VERIFIER if head.header("x-tenant") == "acme" else None


async def awaited(head: RequestHead) -> Verifier | None:
    await asyncio.sleep(0)
    return plain(head)


@pytest.mark.parametrize("lookup", [plain, awaited], ids=["plain", "async"])
@pytest.mark.parametrize(("tenant", "status"), [("acme", 200), ("other", 401)])
def test_one_route_many_tenants(lookup: Any, tenant: str, status: int) -> None:
    answer = post(app_of(show, AsyncReceiver(lookup)), headers=signed() | {"x-tenant": tenant})
    assert answer.status_code == status


def test_an_error_in_the_lookup_is_not_the_senders() -> None:
    def broken(head: RequestHead) -> Verifier:
        raise LookupError

    assert post(app_of(show, AsyncReceiver(broken))).status_code == 500


def test_on_reject_answers() -> None:
    def gone(error: RejectedDelivery, head: RequestHead) -> WebhookResponse:
        return WebhookResponse(410, b"gone", (("x-why", str(error.reason)), ("x-why", head.path)))

    answer = post(app_of(show, AsyncReceiver(VERIFIER, on_reject=gone)), headers={})
    assert (answer.status_code, answer.content) == (410, b"gone")
    assert answer.headers.get_list("x-why") == ["missing_header", "/hook"]


class Counter(Observer):
    def __init__(self) -> None:
        self.seen: list[str] = []

    def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
        self.seen.append(f"{delivery.id} {head.path}")

    def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
        self.seen.append(error.reason)


def test_the_observer_is_told() -> None:
    counter = Counter()
    app = Starlette(routes=[Mount("/in", app_of(show, AsyncReceiver(VERIFIER, observer=counter)))])
    post(app, path="/in/hook")
    post(app, BODY + b" ", path="/in/hook")
    assert counter.seen == ["msg_1 /in/hook", "signature_mismatch"]


# Traps


class Passes(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        return await call_next(request)


class ReadsBody(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        await request.body()
        return await call_next(request)


class ReadsStream(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        async for _ in request.stream():
            pass
        return await call_next(request)


def test_trap_a_base_http_middleware_that_reads_the_body_does_no_harm() -> None:
    assert post(app_of(show, RECEIVER, ReadsBody)).json()["same"] is True


def test_trap_a_middleware_that_consumes_the_stream_is_a_developer_error() -> None:
    with pytest.raises(RuntimeError, match="the body was read before"):
        with_server_errors(app_of(show, RECEIVER, ReadsStream))


def test_trap_a_form_before_ours_is_a_developer_error() -> None:
    async def form_first(request: Request) -> Response:
        async for _ in request.stream():  # as form() does
            pass
        await starlette._verify(RECEIVER, request)
        raise AssertionError

    with pytest.raises(RuntimeError, match=r"call form\(\) or stream\(\)"):
        with_server_errors(Starlette(routes=[Route("/hook", form_first, methods=["POST"])]))


def test_trap_a_middleware_that_compresses_answers_does_no_harm() -> None:
    assert post(app_of(show, RECEIVER, GZipMiddleware)).json()["same"] is True


@pytest.mark.parametrize("middleware", [[], [Passes]], ids=["alone", "below a BaseHTTPMiddleware"])
def test_trap_a_client_that_goes_away_is_no_rejection(
    middleware: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    async def hook(request: Request, delivery: Delivery) -> Response:
        ran.append(delivery.id)
        return Response()

    messages = [{"type": "http.request", "body": BODY[:5], "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0) if len(messages) > 1 else messages[0]

    async def send(message: Any) -> None: ...

    raw = [(name.encode(), value.encode()) for name, value in signed().items()]
    scope = {"type": "http", "method": "POST", "path": "/hook", "headers": raw, "query_string": b""}
    asyncio.run(app_of(hook, RECEIVER, *middleware)(scope, receive, send))
    assert not ran
    assert not [record for record in caplog.records if record.name == "webhook_verify"]


async def forgets(request: Request) -> Response:
    return Response()


async def method_of_a_class(self: object, request: Request, delivery: Delivery) -> Response:
    return Response()


@pytest.mark.parametrize(
    "endpoint", [forgets, method_of_a_class, "no function"], ids=["forgets", "of a class", "no function"]
)
def test_what_is_no_endpoint_is_told_at_decoration(endpoint: Any) -> None:
    with pytest.raises(TypeError, match=r"a function of \(request, delivery\)"):
        webhook(RECEIVER)(endpoint)


@pytest.mark.parametrize("receiver", [Receiver(VERIFIER), VERIFIER], ids=["blocking", "verifier"])
def test_the_wrong_kind_of_receiver_is_told_at_decoration(receiver: Any) -> None:
    with pytest.raises(TypeError, match="receiver must be an AsyncReceiver"):
        webhook(receiver)


def test_the_middleware_is_the_one_of_asgi() -> None:
    assert starlette.WebhookMiddleware is asgi.WebhookMiddleware


# Behind a real server


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(app_of(show)) as url:
        yield url


@pytest.mark.parametrize("chunked", [False, True], ids=["at once", "chunked"])
def test_over_http(url: str, chunked: bool) -> None:
    body = iter([BODY[:3], BODY[3:]]) if chunked else BODY
    assert http_client.post(f"{url}/hook", content=body, headers=signed()).json()["same"] is True


def test_over_http_head_has_no_body(url: str) -> None:
    assert httpx2.head(f"{url}/hook").status_code == 405


def test_over_http_an_empty_chunked_body_is_the_senders_fault(url: str) -> None:
    assert http_client.post(f"{url}/hook", content=iter([b""]), headers=signed()).status_code == 401


def test_over_http_a_client_that_hangs_up_does_no_harm(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    head = "".join(f"{name}: {value}\r\n" for name, value in signed().items())
    with socket.create_connection((host, int(port))) as client:
        client.sendall(f"POST /hook HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n{head}\r\nhalf".encode())
    assert http_client.post(f"{url}/hook", content=BODY, headers=signed()).status_code == 200
