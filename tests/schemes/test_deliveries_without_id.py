"""Deliveries without an id and a timestamp: replay protection, and the endpoint check.

Emporix checks with HEAD or OPTIONS that an endpoint exists before it accepts its URL.
"""

from __future__ import annotations

import asyncio
import hmac
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import django as django_itself
import httpx2
import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from fastapi import Depends, FastAPI
from fastapi import Response as FastAPIResponse
from flask import Flask
from flask import g as flask_g
from starlette.applications import Starlette
from starlette.responses import Response as StarletteResponse
from starlette.routing import Route

from tests.recording_store import RecordingStore
from webhook_verify import AsyncReceiver, Delivery, Receiver, Verifier, schemes
from webhook_verify.adapters import asgi, aws_lambda, django, fastapi, flask, starlette, wsgi
from webhook_verify.delivery import make_delivery
from webhook_verify.receiver import RequestHead, WebhookResponse
from webhook_verify.replay import MemoryStore, ReplayGuard

if not settings.configured:
    settings.configure(SECRET_KEY="of a test")
    django_itself.setup()

SECRET = "the secret of the whole configuration"
HEADER = "emporix-event-signature"
BODY = b'{ "id": 1.0 }'
VERIFIER = Verifier(SECRET, scheme="emporix")
STANDARD = Verifier("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


def signed(content: bytes = b'{"id":1}') -> dict[str, str]:
    return {HEADER: b64encode(hmac.digest(SECRET.encode(), content, "sha256")).decode()}


def digest(delivery: Delivery) -> str:
    return delivery.signed_content_digest.hex()


def head(headers: dict[str, str], method: str = "POST", path: str = "/hook") -> RequestHead:
    return RequestHead(method, path, headers, "")


# --- through every adapter --------------------------------------------------------------------------

Result = tuple[int, "str | None", bytes]
Serve = Callable[[Any, str, bytes, dict[str, str]], Result]


def _over_asgi(app: Any, method: str, body: bytes, headers: dict[str, str]) -> Result:
    async def send() -> httpx2.Response:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://t") as client:
            return await client.request(method, "/hook", content=body, headers=headers)

    return _result(asyncio.run(send()))


def _over_wsgi(app: Any, method: str, body: bytes, headers: dict[str, str]) -> Result:
    with httpx2.Client(transport=httpx2.WSGITransport(app), base_url="http://t") as client:
        return _result(client.request(method, "/hook", content=body, headers=headers))


def _result(response: httpx2.Response) -> Result:
    return response.status_code, response.headers.get("allow"), response.content


def asgi_middleware(receiver: Any, method: str, body: bytes, headers: dict[str, str]) -> Result:
    async def show(scope: Any, receive: Any, send: Any) -> None:
        delivery = scope.get("state", {}).get("delivery")
        answer = StarletteResponse(delivery.signed_body if delivery else b"the app", 200 if delivery else 405)
        await answer(scope, receive, send)

    app = asgi.WebhookMiddleware(show, receiver=receiver, path="/hook")
    return _over_asgi(app, method, body, headers)


def wsgi_middleware(receiver: Any, method: str, body: bytes, headers: dict[str, str]) -> Result:
    def show(environ: Any, start_response: Any) -> list[bytes]:
        delivery = environ.get("webhook_verify.delivery")
        start_response("200 OK" if delivery else "405 Method Not Allowed", [])
        return [delivery.signed_body if delivery else b"the app"]

    app = wsgi.WebhookMiddleware(show, receiver=receiver, path="/hook")
    return _over_wsgi(app, method, body, headers)


def starlette_endpoint(receiver: Any, method: str, body: bytes, headers: dict[str, str]) -> Result:
    @starlette.webhook(receiver)
    async def show(request: Any, delivery: Delivery) -> StarletteResponse:
        return StarletteResponse(delivery.signed_body)

    return _over_asgi(Starlette(routes=[Route("/hook", show)]), method, body, headers)


def fastapi_route(receiver: Any, method: str, body: bytes, headers: dict[str, str]) -> Result:
    app = FastAPI()
    app.router.route_class = fastapi.WebhookRoute

    async def show(delivery: Delivery) -> FastAPIResponse:
        return FastAPIResponse(delivery.signed_body)

    show.__annotations__["delivery"] = Annotated[Delivery, Depends(fastapi.webhook(receiver))]
    app.api_route("/hook", methods=["POST", "HEAD", "OPTIONS", "GET"])(show)
    return _over_asgi(app, method, body, headers)


def flask_view(receiver: Any, method: str, body: bytes, headers: dict[str, str]) -> Result:
    app = Flask(__name__)

    def show(delivery: Delivery) -> bytes:
        return delivery.signed_body

    app.route("/hook", methods=["POST", "HEAD", "OPTIONS", "GET"])(flask.webhook(receiver)(show))
    return _over_wsgi(app, method, body, headers)


def flask_app(receiver: Any, method: str, body: bytes, headers: dict[str, str]) -> Result:
    app = Flask(__name__)
    flask.WebhookVerify(app, receiver=receiver, path="/hook")

    def show() -> bytes:
        delivery: Delivery = flask_g.delivery
        return delivery.signed_body

    app.add_url_rule("/hook", view_func=show, methods=["POST"], provide_automatic_options=False)
    return _over_wsgi(app, method, body, headers)


def lambda_function(receiver: Any, method: str, body: bytes, headers: dict[str, str]) -> Result:
    def show(delivery: Delivery, event: Any, context: object) -> Any:
        return {"statusCode": 200, "body": delivery.signed_body.decode()}

    http = {"method": method, "path": "/hook"}
    event: Any = {"version": "2.0", "rawPath": "/hook", "headers": headers, "body": body.decode()}
    answer: Any = aws_lambda.webhook(receiver)(show)({**event, "requestContext": {"http": http}}, None)
    return answer["statusCode"], answer.get("headers", {}).get("allow"), answer.get("body", "").encode()


def django_view(receiver: Any, method: str, body: bytes, headers: dict[str, str]) -> Result:
    def show(request: Any, delivery: Delivery) -> HttpResponse:
        return HttpResponse(delivery.signed_body)

    view: Any = django.webhook(receiver)(show)
    response = view(RequestFactory().generic(method, "/hook", body, headers=headers))
    return response.status_code, response.headers.get("allow"), response.content


BLOCKING: list[Serve] = [django_view, wsgi_middleware, flask_view, flask_app, lambda_function]
ASYNC: list[Serve] = [asgi_middleware, starlette_endpoint, fastapi_route]
ADAPTERS = [*((serve, Receiver) for serve in BLOCKING), *((serve, AsyncReceiver) for serve in ASYNC)]
every_adapter = pytest.mark.parametrize(
    ("serve", "kind"), ADAPTERS, ids=[getattr(serve, "__name__", "") for serve, _ in ADAPTERS]
)


@every_adapter
def test_a_delivery_and_a_forged_one(serve: Serve, kind: Any) -> None:
    receiver = kind(VERIFIER)

    assert serve(receiver, "POST", BODY, signed())[::2] == (200, b'{"id":1}')
    assert serve(receiver, "POST", b'{"id":2}', signed())[0] == 401
    assert serve(receiver, "POST", b'{"id":1,"id":1}', signed())[0] == 400


@every_adapter
def test_a_replay_is_known_by_its_signature_however_the_body_is_written(serve: Serve, kind: Any) -> None:
    receiver = kind(VERIFIER, replay=ReplayGuard(MemoryStore()), idempotency_key=digest)

    first = serve(receiver, "POST", BODY, signed())
    again = serve(receiver, "POST", b'{"id":1}', signed())
    other = serve(receiver, "POST", b'{"id":2}', signed(b'{"id":2}'))

    assert first[::2] == (200, b'{"id":1}')
    assert again[::2] == (200, b'{"result":"handled_before"}')
    assert other[::2] == (200, b'{"id":2}')


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
@every_adapter
def test_the_endpoint_check_passes(serve: Serve, kind: Any, method: str) -> None:
    assert serve(kind(VERIFIER), method, b"", {}) == (204, "POST, HEAD, OPTIONS", b"")


@every_adapter
def test_other_methods_and_schemes_do_not_pass(serve: Serve, kind: Any) -> None:
    assert serve(kind(VERIFIER), "GET", b"", {})[0] == 405
    assert serve(kind(STANDARD), "HEAD", b"", {})[0] == 405
    assert serve(kind(STANDARD), "OPTIONS", b"", {})[0] == 405


# --- a lookup ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Receiver, AsyncReceiver])
def test_a_lookup_answers_the_check_if_it_is_told_the_scheme(kind: Any) -> None:
    def lookup(_: RequestHead) -> Verifier:
        raise AssertionError("nobody is looked up for a HEAD")

    assert kind(lookup).method_response("HEAD") == WebhookResponse.for_status(405, ("allow", "POST"))
    for scheme in ("emporix", schemes.get("emporix")):
        receiver = kind(lookup, scheme=scheme)
        assert receiver.method_response("HEAD") == WebhookResponse(
            204, headers=(("allow", "POST, HEAD, OPTIONS"),)
        )
        assert receiver.method_response("GET") == WebhookResponse.for_status(
            405, ("allow", "POST, HEAD, OPTIONS")
        )
        assert receiver.method_response("POST") is None


def test_an_unknown_sender_is_answered_as_a_known_one() -> None:
    """What is malformed depends on the scheme: else the status would tell who is known."""
    known = {"/known": VERIFIER}
    receiver = Receiver(lambda given: known.get(given.path), scheme="emporix")

    for headers, status in ((signed(b"x"), 401), ({}, 400), ({HEADER: " "}, 400)):
        for path in ("/known", "/unknown"):
            answer = receiver.handle_request(
                head(headers, path=path), [BODY], lambda _: 200, lambda code: code
            )
            assert isinstance(answer, WebhookResponse)
            assert (answer.status, path) == (status, path)


def test_a_scheme_beside_a_verifier_is_refused() -> None:
    with pytest.raises(ValueError, match="scheme must not be set, because the verifier has a scheme"):
        Receiver(VERIFIER, scheme="emporix")
    with pytest.raises(ValueError, match="unknown scheme"):
        Receiver(lambda _: None, scheme="empor")
    with pytest.raises(TypeError, match="registered name or a Scheme"):
        Receiver(lambda _: None, scheme=5)  # type: ignore[arg-type]


# --- replay keys ------------------------------------------------------------------------------------


def _serve_blocking(guard: Any, headers: dict[str, str], body: bytes) -> object:
    receiver = Receiver(VERIFIER, replay=guard, idempotency_key=digest)
    return receiver.handle_request(head(headers), [body], lambda _: 200, lambda code: code)


def _serve_async(guard: Any, headers: dict[str, str], body: bytes) -> object:
    receiver: Any = AsyncReceiver(VERIFIER, replay=guard, idempotency_key=digest)

    def run(_: Delivery) -> Awaitable[int]:
        return asyncio.sleep(0, 200)

    return asyncio.run(receiver.handle_request(head(headers), [body], run, lambda code: code))


@pytest.mark.parametrize("serve", [_serve_blocking, _serve_async])
def test_an_id_that_is_not_there_is_no_replay_key(serve: Any) -> None:
    """Else all deliveries without an id were one, and only the first would ever be handled."""
    store = RecordingStore()
    bodies = [b'{"id":%d}' % number for number in range(5)]

    assert [serve(ReplayGuard(store), signed(body), body) for body in bodies] == [200] * 5

    assert len(set(store.keys)) == 5


def test_an_id_that_is_not_signed_is_part_of_the_key_unless_the_guard_does_not_trust_it() -> None:
    """An attacker can replay a delivery with another id, but two events may have the same bytes."""
    own = schemes.get("github")
    one, other, another = (
        make_delivery(name, 0, body, "own", "secret-1", None, (own, body, b"", body, b""))
        for name, body in (("msg_1", BODY), ("msg_2", BODY), ("msg_1", b"another"))
    )

    assert not one.id_is_signed
    assert len({ReplayGuard.storage_key("", each) for each in (one, other, another)}) == 3
    strict = [ReplayGuard.storage_key("", each, trust_unsigned_ids=False) for each in (one, other, another)]
    assert strict[0] == strict[1] != strict[2]
