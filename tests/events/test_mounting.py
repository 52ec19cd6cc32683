"""A router as the handler of every adapter, in process: done, unreadable, unknown, and a handler that fails.

What the provider is answered is the point: 204 for what is done, 422 for a payload that breaks its type's
promise, 500 for a handler's error, and 401 for a forgery, which never reaches the router. The claim
of replay protection is completed by the first alone.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Annotated, Any

import django
import fastapi
import flask
import httpx2
import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import AsyncRequestFactory, RequestFactory
from flask.typing import ResponseReturnValue
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.adapters.parts import AsyncLedger, Ledger
from tests.events.parts import SECRET, encoded
from webhook_verify import AsyncReceiver, Delivery, Receiver, Signer, Verifier
from webhook_verify.adapters import aws_lambda
from webhook_verify.adapters import django as in_django
from webhook_verify.adapters import fastapi as in_fastapi
from webhook_verify.adapters import flask as in_flask
from webhook_verify.adapters import starlette as in_starlette
from webhook_verify.adapters import wsgi as in_wsgi
from webhook_verify.adapters.asgi import WebhookMiddleware
from webhook_verify.events import EventRouter, svix

if not settings.configured:
    settings.configure(SECRET_KEY="of a test")
    django.setup()

VERIFIER = Verifier(SECRET)
Headers = dict[str, str]
App = Callable[[bytes, Headers], int]
Mount = Callable[[EventRouter, Any], App]


def over_asgi(app: Any) -> App:
    async def send(body: bytes, headers: Headers) -> int:
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            return (await client.post("/hook", content=body, headers=headers)).status_code

    return lambda body, headers: asyncio.run(send(body, headers))


def asgi(router: EventRouter, ledger: Any) -> App:
    async def hook(request: Request) -> Response:
        return Response(status_code=await router.dispatch_async(request.state.delivery))

    app = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    app.add_middleware(WebhookMiddleware, receiver=AsyncReceiver(VERIFIER, ledger), path="/hook")
    return over_asgi(app)


def starlette(router: EventRouter, ledger: Any) -> App:
    @in_starlette.webhook(AsyncReceiver(VERIFIER, ledger))
    async def hook(request: Request, delivery: Delivery) -> Response:
        return Response(status_code=await router.dispatch_async(delivery))

    return over_asgi(Starlette(routes=[Route("/hook", hook)]))


def fastapi_(router: EventRouter, ledger: Any) -> App:
    app = fastapi.FastAPI()
    app.router.route_class = in_fastapi.WebhookRoute
    verified = fastapi.Depends(in_fastapi.webhook(AsyncReceiver(VERIFIER, ledger)))

    async def hook(delivery: Annotated[Delivery, verified]) -> fastapi.Response:
        return fastapi.Response(status_code=await router.dispatch_async(delivery))

    # FastAPI looks names up in the module, where the dependency of this function is not.
    hook.__annotations__ = {"delivery": Annotated[Delivery, verified], "return": fastapi.Response}
    app.post("/hook")(hook)
    return over_asgi(app)


def over_flask(app: flask.Flask) -> App:
    return lambda body, headers: app.test_client().post("/hook", data=body, headers=headers).status_code


def flask_(router: EventRouter, ledger: Any) -> App:
    app = flask.Flask(__name__)

    @app.post("/hook")
    @in_flask.webhook(Receiver(VERIFIER, ledger))
    def hook(delivery: Delivery) -> ResponseReturnValue:
        return "", router.dispatch(delivery)

    return over_flask(app)


def flask_async(router: EventRouter, ledger: Any) -> App:
    app = flask.Flask(__name__)

    @app.post("/hook")
    @in_flask.webhook(AsyncReceiver(VERIFIER, ledger))
    async def hook(delivery: Delivery) -> ResponseReturnValue:
        return "", await router.dispatch_async(delivery)

    return over_flask(app)


def django_(router: EventRouter, ledger: Any) -> App:
    @in_django.webhook(Receiver(VERIFIER, ledger))
    def hook(request: HttpRequest, delivery: Delivery) -> HttpResponse:
        return HttpResponse(status=router.dispatch(delivery))

    def send(body: bytes, headers: Headers) -> int:
        request = RequestFactory().post("/hook", body, content_type="application/json", headers=headers)
        return hook(request).status_code

    return send


def django_async(router: EventRouter, ledger: Any) -> App:
    @in_django.webhook(AsyncReceiver(VERIFIER, ledger))
    async def hook(request: HttpRequest, delivery: Delivery) -> HttpResponse:
        return HttpResponse(status=await router.dispatch_async(delivery))

    def send(body: bytes, headers: Headers) -> int:
        request = AsyncRequestFactory().post("/hook", body, content_type="application/json", headers=headers)

        async def answered() -> int:
            return (await hook(request)).status_code

        return asyncio.run(answered())

    return send


def wsgi(router: EventRouter, ledger: Any) -> App:
    def application(environ: Any, start_response: Any) -> list[bytes]:
        status = router.dispatch(environ["webhook_verify.delivery"])
        start_response(f"{status} Handled", [])
        return [b""]

    app: Any = in_wsgi.WebhookMiddleware(application, receiver=Receiver(VERIFIER, ledger), path="/hook")

    def send(body: bytes, headers: Headers) -> int:
        answers: list[str] = []
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/hook",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **{"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()},
        }
        response = app(environ, lambda status, headers, error=None: answers.append(status))
        b"".join(response)
        if hasattr(response, "close"):
            response.close()
        return int(answers[-1][:3])

    return send


def lambda_(router: EventRouter, ledger: Any) -> App:
    @aws_lambda.webhook(Receiver(VERIFIER, ledger))
    def hook(delivery: Delivery, event: aws_lambda.Event, context: object) -> aws_lambda.Response:
        return {"statusCode": router.dispatch(delivery)}

    def send(body: bytes, headers: Headers) -> int:
        http = {"method": "POST", "path": "/hook"}
        event = {
            "rawPath": "/hook",
            "headers": headers,
            "requestContext": {"http": http},
            "body": body.decode(),
        }
        status: int = hook(event, None)["statusCode"]
        return status

    return send


MOUNTS: dict[str, tuple[Mount, bool]] = {
    "asgi": (asgi, True),
    "starlette": (starlette, True),
    "fastapi": (fastapi_, True),
    "flask": (flask_, False),
    "flask, async": (flask_async, True),
    "django": (django_, False),
    "django, async": (django_async, True),
    "wsgi": (wsgi, False),
    "lambda": (lambda_, False),
}


def event(type: str, **data: Any) -> bytes:
    return encoded({"type": type, "data": {"appId": "app_1", "endpointId": "ep_1", **data}})


CASES: list[tuple[str, bytes, int, list[str]]] = [
    ("done", event("endpoint.disabled"), 204, ["complete"]),
    ("unknown", event("endpoint.renamed"), 204, ["complete"]),
    ("unreadable", event("endpoint.disabled", appId=None), 422, ["release"]),
    ("failing", event("endpoint.deleted"), 500, ["release"]),
]


@pytest.mark.parametrize("name", MOUNTS)
@pytest.mark.parametrize(("case", "body", "status", "outcome"), CASES, ids=[case for case, *_ in CASES])
def test_a_router_answers_through_every_adapter(
    name: str, case: str, body: bytes, status: int, outcome: list[str]
) -> None:
    mount, is_async = MOUNTS[name]
    seen: list[tuple[str, str]] = []
    router = EventRouter(svix)

    @router.on(svix.EndpointDisabledEvent)
    def disabled(event: svix.EndpointDisabledEvent, delivery: Delivery) -> None:
        seen.append((event.data.endpoint_id, delivery.id))

    @router.on(svix.EndpointDeletedEvent)
    def deleted(event: svix.EndpointDeletedEvent) -> None:
        raise LookupError

    ledger = AsyncLedger() if is_async else Ledger()
    app = mount(router, ledger)
    try:
        answered = app(body, Signer(SECRET).sign(body, id="msg_1"))
    except* LookupError:  # in process, what a server answers with 500 comes through
        answered = 500

    assert answered == status
    assert ledger.outcome == outcome
    assert seen == ([("ep_1", "msg_1")] if case == "done" else [])


@pytest.mark.parametrize("name", MOUNTS)
def test_a_forgery_never_reaches_the_router(name: str) -> None:
    mount, is_async = MOUNTS[name]
    router, seen = EventRouter(svix), list[object]()
    router.before(seen.append)
    app = mount(router, AsyncLedger() if is_async else Ledger())

    assert app(event("endpoint.enabled"), Signer(SECRET).sign(event("endpoint.disabled"))) == 401
    assert seen == []
