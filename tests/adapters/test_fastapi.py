"""The FastAPI dependency, in process: below its route class, where all is promised, and on plain routes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint

from tests import http_client
from tests.adapters.helpers import IN_FLIGHT, IN_FLIGHT_ANSWER, AsyncLedger, served
from tests.signing import BODY, NOW, SECRET, VERIFIER, signed
from webhook_verify import AsyncReceiver, Delivery, Receiver, RejectedDelivery, Verifier
from webhook_verify.adapters.fastapi import REJECTIONS, WebhookRoute, webhook
from webhook_verify.receiver import Observer, RequestHead, WebhookResponse
from webhook_verify.schemes import StandardWebhooks

RECEIVER = AsyncReceiver(VERIFIER, max_body_bytes=1000)

Headers = dict[str, str] | list[tuple[str, str]]
Verified = Annotated[Delivery, Depends(webhook(RECEIVER))]


class Event(BaseModel):
    type: str
    customer: str


async def show(request: Request, delivery: Verified) -> dict[str, Any]:
    return {"id": delivery.id, "same": await request.body() == delivery.body}


def app_of(endpoint: Any, route_class: type[APIRoute] = WebhookRoute, **route: Any) -> FastAPI:
    app = FastAPI()
    app.router.route_class = route_class
    app.post("/hook", **route)(endpoint)
    return app


def call(app: Any, method: str, path: str = "/hook", **request: Any) -> httpx2.Response:
    async def send() -> httpx2.Response:
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **request)

    return asyncio.run(send())


def post(app: Any, body: Any = BODY, headers: Headers | None = None, path: str = "/hook") -> httpx2.Response:
    return call(app, "POST", path, content=body, headers=signed() if headers is None else headers)


def fails(app: Any) -> None:
    """One genuine delivery, of which the application's error is raised here."""

    async def send() -> None:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://t") as client:
            await client.post("/hook", content=BODY, headers=signed())

    asyncio.run(send())


both = pytest.mark.parametrize("route_class", [WebhookRoute, APIRoute], ids=["WebhookRoute", "APIRoute"])


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


# Where the dependency may stand


def below(delivery: Verified) -> str:
    return delivery.id


@both
def test_below_another_dependency(route_class: type[APIRoute]) -> None:
    async def hook(id: Annotated[str, Depends(below)]) -> str:
        return id

    assert post(app_of(hook, route_class)).json() == "msg_1"
    assert post(app_of(hook, route_class), headers={}).json() == {"result": "malformed"}


async def silent() -> str:
    return "ran"


def of_route(route_class: type[APIRoute], depends: Any) -> FastAPI:
    return app_of(silent, route_class, dependencies=[depends])


def of_router(route_class: type[APIRoute], depends: Any) -> FastAPI:
    router = APIRouter(route_class=route_class, dependencies=[depends])
    router.post("/hook")(silent)
    app = FastAPI()
    app.include_router(router)
    return app


def of_include(route_class: type[APIRoute], depends: Any) -> FastAPI:
    router = APIRouter(route_class=route_class)
    router.post("/hook")(silent)
    between = APIRouter()
    between.include_router(router, dependencies=[depends])
    app = FastAPI()
    app.include_router(between)
    return app


def of_app(route_class: type[APIRoute], depends: Any) -> FastAPI:
    router = APIRouter(route_class=route_class)
    router.post("/hook")(silent)
    app = FastAPI(dependencies=[depends])
    app.include_router(router)
    return app


PLACES: list[Callable[[type[APIRoute], Any], FastAPI]] = [of_route, of_router, of_include, of_app]


@both
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_without_a_parameter(place: Callable[..., FastAPI], route_class: type[APIRoute]) -> None:
    app = place(route_class, Depends(webhook(RECEIVER)))
    assert post(app).json() == "ran"
    assert post(app, BODY + b" ").json() == {"result": "unauthorized"}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_wherever_it_stands_the_claim_is_settled(place: Callable[..., FastAPI]) -> None:
    ledger = AsyncLedger()
    app = place(WebhookRoute, Depends(webhook(AsyncReceiver(VERIFIER, replay=ledger))))
    assert post(app).status_code == 200
    assert call(app, "GET").json() == {"result": "method_not_allowed"}
    assert ledger.outcome == ["complete"]


def test_below_a_prefix_and_a_mount_the_path_is_the_whole_one() -> None:
    paths: list[str] = []

    def lookup(head: RequestHead) -> Verifier:
        paths.append(head.path)
        return VERIFIER

    router = APIRouter(route_class=WebhookRoute, prefix="/of/{tenant}")
    router.post("/hook", dependencies=[Depends(webhook(AsyncReceiver(lookup)))])(silent)
    inner = FastAPI()
    inner.include_router(router)
    app = FastAPI()
    app.mount("/in", inner)
    assert post(app, path="/in/of/acme/hook").json() == "ran"
    assert paths == ["/in/of/acme/hook"]


def test_a_route_without_a_webhook_is_as_any() -> None:
    assert post(app_of(silent), headers={}).json() == "ran"


def test_two_receivers_in_a_route_are_refused_at_construction() -> None:
    other = Depends(webhook(AsyncReceiver(VERIFIER)))
    with pytest.raises(ValueError, match="one webhook"):
        app_of(show, dependencies=[other])


@both
def test_an_override_replaces_the_dependency(route_class: type[APIRoute]) -> None:
    app = app_of(below, route_class)
    app.dependency_overrides[webhook(RECEIVER)] = lambda: VERIFIER.verify(BODY, signed())
    assert post(app, b"", {}).json() == "msg_1"


# Replay protection


async def gives_none() -> None: ...


async def gives_response() -> Response:
    return Response(status_code=202)


async def gives_bad_response() -> Response:
    return Response(status_code=503)


async def sets_status(response: Response) -> None:
    response.status_code = 500


async def raises_http() -> None:
    raise HTTPException(502)


async def raises() -> None:
    raise RuntimeError("boom")


async def wants_more(missing: Annotated[int, Body()]) -> None: ...


HANDLERS: list[tuple[Any, int, str]] = [
    (gives_none, 200, "complete"),
    (gives_response, 202, "complete"),
    (gives_bad_response, 503, "release"),
    (sets_status, 500, "release"),
    (raises_http, 502, "release"),
    (raises, 500, "release"),
    (wants_more, 422, "release"),
]


@pytest.mark.parametrize(("handler", "status", "outcome"), HANDLERS, ids=[h.__name__ for h, _, _ in HANDLERS])
def test_the_claim_is_settled_by_the_status_that_is_sent(handler: Any, status: int, outcome: str) -> None:
    ledger = AsyncLedger()
    depends = Depends(webhook(AsyncReceiver(VERIFIER, replay=ledger)))
    assert post(app_of(handler, dependencies=[depends])).status_code == status
    assert ledger.outcome == [outcome]


def test_a_dependency_that_fails_to_commit_releases_the_claim() -> None:
    async def transaction() -> AsyncIterator[None]:
        yield
        raise RuntimeError("commit failed")

    ledger = AsyncLedger()
    depends = [
        Depends(webhook(AsyncReceiver(VERIFIER, replay=ledger))),
        Depends(transaction, scope="function"),
    ]
    assert post(app_of(silent, dependencies=depends)).status_code == 500
    assert ledger.outcome == ["release"]


def test_an_exception_handler_of_the_app_has_the_last_word() -> None:
    async def accepted(request: Request, error: Exception) -> Response:
        return Response(status_code=200)

    ledger = AsyncLedger()
    app = app_of(raises, dependencies=[Depends(webhook(AsyncReceiver(VERIFIER, replay=ledger)))])
    app.add_exception_handler(RuntimeError, accepted)
    assert post(app).status_code == 200
    assert ledger.outcome == ["complete"]


def test_one_receiver_in_several_places_claims_once() -> None:
    ledger = AsyncLedger()
    receiver = AsyncReceiver(VERIFIER, replay=ledger)

    async def hook(delivery: Annotated[Delivery, Depends(webhook(receiver))]) -> str:
        return delivery.id

    # The annotation is text, and FastAPI does not see this function's names.
    hook.__annotations__["delivery"] = Annotated[Delivery, Depends(webhook(receiver))]
    assert post(app_of(hook, dependencies=[Depends(webhook(receiver))])).json() == "msg_1"
    assert ledger.outcome == ["complete"]


def test_the_guards_answer_is_sent_without_running_the_handler() -> None:
    ledger = AsyncLedger(IN_FLIGHT)
    depends = Depends(webhook(AsyncReceiver(VERIFIER, replay=ledger)))
    answer = post(app_of(raises, dependencies=[depends]))
    assert (answer.status_code, answer.content, answer.headers["retry-after"]) == IN_FLIGHT_ANSWER


def test_trap_replay_protection_without_the_route_class_is_a_developer_error() -> None:
    ledger = AsyncLedger()
    depends = Depends(webhook(AsyncReceiver(VERIFIER, replay=ledger)))
    with pytest.raises(RuntimeError, match="route_class=WebhookRoute"):
        fails(app_of(silent, APIRoute, dependencies=[depends]))
    assert not ledger.outcome


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
    with pytest.raises(TypeError, match="receiver is an AsyncReceiver"):
        webhook(receiver)


# The OpenAPI schema


def operation_of(app: FastAPI) -> Any:
    return app.openapi()["paths"]["/hook"]["post"]


@both
def test_the_schema_has_the_headers(route_class: type[APIRoute]) -> None:
    parameters = operation_of(app_of(show, route_class))["parameters"]
    names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
    assert [(one["name"], one["in"]) for one in parameters] == [(name, "header") for name in names]
    assert all(f"`{name.replace('webhook', 'svix')}`" in str(parameters) for name in names)


@both
@pytest.mark.parametrize(
    ("scheme", "names"),
    [
        ("svix", ["webhook-id", "webhook-timestamp", "webhook-signature"]),
        ("stripe", ["stripe-signature"]),
        ("slack", ["x-slack-signature", "x-slack-request-timestamp"]),
        ("emporix", ["emporix-event-signature"]),
        ("docusign", [f"x-docusign-signature-{number}" for number in range(1, 11)]),  # of a hundred
    ],
)
def test_the_schema_has_the_headers_of_the_receivers_scheme(
    route_class: type[APIRoute], scheme: str, names: list[str]
) -> None:
    receivers = [
        AsyncReceiver(Verifier("whsec_" + "a" * 32, scheme=scheme)),
        AsyncReceiver(lambda head: None, scheme=scheme),
    ]
    for receiver in receivers:
        app = app_of(silent, route_class, dependencies=[Depends(webhook(receiver))])
        assert [one["name"] for one in operation_of(app)["parameters"]] == names


def test_the_schema_has_no_header_of_a_scheme_that_names_none() -> None:
    class Silent(StandardWebhooks):
        def __getattribute__(self, name: str) -> Any:
            return () if name == "header_names" else super().__getattribute__(name)

    receiver = AsyncReceiver(Verifier(SECRET, scheme=Silent("own", brand="webhook")))

    assert "parameters" not in operation_of(app_of(silent, dependencies=[Depends(webhook(receiver))]))


@pytest.mark.parametrize(
    "app",
    [app_of(show), app_of(show, APIRoute, responses=REJECTIONS)],
    ids=["WebhookRoute", "APIRoute, told"],
)
def test_the_schema_has_the_answers(app: FastAPI) -> None:
    responses = operation_of(app)["responses"]
    assert {"400", "401", "413"} <= responses.keys()
    assert responses["401"]["content"]["application/json"]["example"] == {"result": "unauthorized"}


def test_a_response_of_the_routes_own_stays() -> None:
    app = app_of(show, responses={401: {"description": "own"}})
    assert operation_of(app)["responses"]["401"]["description"] == "own"


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
