"""Places of the FastAPI dependency, from the application to a parameter, and its settlement in each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Request, Response
from fastapi.routing import APIRoute

from tests.adapters.asgi_calls import call, post
from tests.adapters.fastapi_app import RECEIVER, Verified, app_of, both, fails, show, silent
from tests.adapters.helpers import IN_FLIGHT, IN_FLIGHT_ANSWER, AsyncLedger
from tests.signing import BODY, VERIFIER, signed
from webhook_verify import AsyncReceiver, Delivery, Verifier
from webhook_verify.adapters.fastapi import WebhookRoute, webhook
from webhook_verify.receiver import RequestHead

# Where the dependency may stand


def below(delivery: Verified) -> str:
    return delivery.id


@both
def test_below_another_dependency(route_class: type[APIRoute]) -> None:
    async def hook(id: Annotated[str, Depends(below)]) -> str:
        return id

    assert post(app_of(hook, route_class)).json() == "msg_1"
    assert post(app_of(hook, route_class), headers={}).json() == {"result": "malformed"}


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
    with pytest.raises(ValueError, match="only one webhook"):
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
