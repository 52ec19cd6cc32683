"""The Django adapter: both faces, plain and async, under WSGI and ASGI requests of Django's test clients.

Every trap that is known to eat the raw body or to turn a sender away has a test that is named after it.
The last part is a real gunicorn with the project in ``integrations/django``.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import django
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.urls import path
from django.views import View
from django.views.debug import SafeExceptionReporterFilter

from tests import http_client, processes
from tests.adapters.helpers import IN_FLIGHT, AsyncLedger, Ledger
from tests.processes import listens
from tests.signing import BODY, NOW, SECRET, VERIFIER, signed
from tests.waiting import wait_until
from webhook_verify import (
    AsyncReceiver,
    Delivery,
    Reason,
    Receiver,
    RejectedDelivery,
    Secret,
    SignatureMismatch,
    Signer,
    Verifier,
)
from webhook_verify.adapters.django import (
    WebhookMixin,
    async_receiver_from_settings,
    receiver_from_settings,
    webhook,
)
from webhook_verify.receiver import RequestHead, WebhookResponse
from webhook_verify.replay import ClaimOutcome, MemoryStore, ReplayGuard

if not settings.configured:
    settings.configure(SECRET_KEY="of a test")
    django.setup()

PROJECT = Path(__file__).parents[2] / "integrations" / "django"

seen: list[Delivery] = []
status_now = [200]
faults: list[BaseException] = []


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    seen.clear()
    faults.clear()
    status_now[:] = [200]
    with override_settings(ALLOWED_HOSTS=["*"], MIDDLEWARE=[], DEBUG=False):
        yield


def answer(delivery: Delivery) -> HttpResponse:
    """What every view of these tests does."""
    seen.append(delivery)
    for fault in faults:
        raise fault
    return JsonResponse({"id": delivery.id}, status=status_now[0])


def plain_function(receiver: Receiver | str) -> Callable[..., Any]:
    @webhook(receiver)
    def hook(request: HttpRequest, delivery: Delivery) -> HttpResponse:
        return answer(delivery)

    return hook


def async_function(receiver: Receiver | AsyncReceiver | str) -> Callable[..., Any]:
    @webhook(receiver)
    async def hook(request: HttpRequest, delivery: Delivery) -> HttpResponse:
        await asyncio.sleep(0)
        return answer(delivery)

    return hook


def plain_class(receiver: Any) -> Callable[..., Any]:
    class Hook(WebhookMixin, View):
        def webhook(self, request: HttpRequest, delivery: Delivery) -> HttpResponse:
            return answer(delivery)

    return Hook.as_view(receiver=receiver)


def async_class(receiver: Any) -> Callable[..., Any]:
    class Hook(WebhookMixin, View):
        async def webhook(self, request: HttpRequest, delivery: Delivery) -> HttpResponse:
            await asyncio.sleep(0)
            return answer(delivery)

    return Hook.as_view(receiver=receiver)


FACES = [
    pytest.param(make, kind, id=f"{make.__name__}-{kind.__name__}")
    for make in (plain_function, async_function, plain_class, async_class)
    for kind in (Receiver, AsyncReceiver)
    if kind is Receiver or make.__name__.startswith("async")
]


def urls(view: Any) -> ModuleType:
    module = ModuleType("urls")
    module.__dict__["urlpatterns"] = [path("hook", view), path("slash/", view)]
    return module


def post(view: Any, body: bytes = BODY, headers: dict[str, str] | None = None, **options: Any) -> Any:
    """The answer of a WSGI project whose only view this is."""
    environ = options.pop("environ", {})
    method, target = options.pop("method", "POST"), options.pop("target", "/hook")
    kind = options.pop("content_type", "application/json")
    with override_settings(ROOT_URLCONF=urls(view), **options):
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        given = signed(body) if headers is None else headers
        return client.generic(method, target, body, kind, headers=given, **environ)


def post_async(view: Any, body: bytes = BODY, headers: dict[str, str] | None = None, **options: Any) -> Any:
    """The answer of an ASGI project whose only view this is."""

    async def send() -> Any:
        client = AsyncClient(enforce_csrf_checks=True, raise_request_exception=False)
        given = signed(body) if headers is None else headers
        return await client.generic("POST", "/hook", body, "application/json", headers=given)

    with override_settings(ROOT_URLCONF=urls(view), **options):
        return asyncio.run(send())


WORLDS = [pytest.param(post, id="WSGI"), pytest.param(post_async, id="ASGI")]


@pytest.mark.parametrize("send", WORLDS)
@pytest.mark.parametrize(("make", "kind"), FACES)
def test_a_view_gets_the_delivery_and_the_exact_body(make: Any, kind: Any, send: Any) -> None:
    response = send(make(kind(VERIFIER)))
    assert response.status_code == 200
    assert response.json() == {"id": "msg_1"}
    assert seen[0].body == BODY


BAD = [
    pytest.param(BODY + b" ", signed(), 401, id="tampered"),
    pytest.param(BODY, signed(timestamp=NOW - 301), 401, id="stale"),
    pytest.param(BODY, signed(timestamp=NOW + 301), 401, id="future"),
    pytest.param(BODY, {}, 400, id="unsigned"),
    pytest.param(BODY, signed() | {"webhook-timestamp": ""}, 400, id="no timestamp"),
    pytest.param(b"x" * 1001, signed(b"x" * 1001), 413, id="oversize"),
]


@pytest.mark.parametrize("send", WORLDS)
@pytest.mark.parametrize(("body", "headers", "status"), BAD)
@pytest.mark.parametrize(("make", "kind"), FACES)
def test_a_bad_delivery_is_refused(
    make: Any, kind: Any, body: bytes, headers: dict[str, str], status: int, send: Any
) -> None:
    response = send(make(kind(VERIFIER, max_body_bytes=1000)), body, headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    assert set(response.json()) == {"result"}
    assert not seen


GENUINE = [
    pytest.param(b"", {}, "application/json", id="empty"),
    pytest.param(b"\xff\xfe\x00", {}, "application/json", id="no UTF-8"),
    pytest.param(b"a=1&b=%20", {}, "application/x-www-form-urlencoded", id="form"),
    pytest.param(b"--x\r\n\r\n", {}, "multipart/form-data; boundary=x", id="multipart"),
    pytest.param(b"\x1f\x8b", {"content-encoding": "gzip"}, "application/json", id="gzip header"),
]


@pytest.mark.parametrize(("body", "more", "content_type"), GENUINE)
def test_a_genuine_body_of_any_kind_is_left_as_it_is(
    body: bytes, more: dict[str, str], content_type: str
) -> None:
    response = post(plain_class(Receiver(VERIFIER)), body, signed(body) | more, content_type=content_type)
    assert response.status_code == 200
    assert seen[0].body == body


@pytest.mark.parametrize("send", WORLDS)
def test_the_letter_case_of_headers_does_not_matter(send: Any) -> None:
    headers = {name.upper(): value for name, value in signed().items()}
    assert send(plain_function(Receiver(VERIFIER)), headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize("make", [plain_function, async_function, plain_class, async_class])
def test_another_method_is_405_with_allow(make: Any, method: str) -> None:
    response = post(make(Receiver(VERIFIER)), b"", {}, method=method)
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert response.content == (b"" if method == "HEAD" else b'{"result":"method_not_allowed"}')


def test_what_the_url_captures_reaches_the_view() -> None:
    @webhook(Receiver(VERIFIER))
    def hook(request: HttpRequest, delivery: Delivery, tenant: str) -> HttpResponse:
        return HttpResponse(tenant)

    module = ModuleType("urls")
    module.__dict__["urlpatterns"] = [path("<str:tenant>/hook", hook)]
    with override_settings(ROOT_URLCONF=module):
        response = Client().generic("POST", "/acme/hook", BODY, "application/json", headers=signed())
    assert response.content == b"acme"


# Duplicate headers


def test_a_header_that_stands_twice_is_400_under_asgi() -> None:
    receiver, scope = Receiver(VERIFIER), asgi_scope()
    scope["headers"].append((b"webhook-id", b"msg_2"))
    assert asyncio.run(asgi_status(plain_function(receiver), scope, [BODY])) == 400
    assert not seen


def test_a_header_that_stands_twice_is_refused_under_wsgi_where_the_server_joins_it() -> None:
    headers = signed() | {"webhook-id": "msg_1,msg_2"}
    assert post(plain_function(Receiver(VERIFIER)), headers=headers).status_code in (400, 401)


def test_a_header_with_underscores_is_not_ours_under_asgi() -> None:
    scope = asgi_scope()
    scope["headers"].append((b"webhook_id", b"msg_2"))
    assert asyncio.run(asgi_status(plain_function(Receiver(VERIFIER)), scope, [BODY])) == 200
    assert seen[0].id == "msg_1"


def asgi_scope() -> dict[str, Any]:
    raw = [(name.encode(), value.encode()) for name, value in signed().items()]
    return {"type": "http", "method": "POST", "path": "/hook", "query_string": b"", "headers": raw}


async def asgi_status(view: Any, scope: dict[str, Any], pieces: list[bytes]) -> int:
    """The status of Django's own ASGI handler, message by message."""
    from django.core.handlers.asgi import ASGIHandler

    left = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    left[-1]["more_body"] = False
    sent: list[Any] = []

    async def receive() -> Any:
        return left.pop(0) if left else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    with override_settings(ROOT_URLCONF=urls(view)):
        await ASGIHandler()(scope, receive, send)
    return int(sent[0]["status"])


# The raw body and what eats it


def before(use: Callable[[HttpRequest], object]) -> Any:
    """A middleware that does something with the request before the view."""

    def factory(get_response: Any) -> Any:
        def middleware(request: HttpRequest) -> Any:
            use(request)
            return get_response(request)

        return middleware

    return factory


def read_post(request: HttpRequest) -> None:
    assert request.POST is not None


class FrameworkRequest:
    """As the request of REST framework: a wrapper whose ``data`` reads the stream of what it wraps."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.data = request.read()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)


FORM = b"a=1&b=2"
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'


def through(
    use: Callable[[HttpRequest], object], body: bytes, content_type: str = "application/json"
) -> HttpResponse:
    """The view's answer after something was done with its request."""
    factory = RequestFactory()
    request: Any = factory.generic("POST", "/hook", body, content_type, headers=signed(body))
    request = use(request) or request
    response: HttpResponse = plain_function(Receiver(VERIFIER))(request)
    return response


@pytest.mark.parametrize(
    ("use", "body", "content_type"),
    [
        pytest.param(read_post, FORM, "application/x-www-form-urlencoded", id="request.POST of a form"),
        pytest.param(lambda request: bool(request.body) and None, BODY, "application/json", id="body"),
        pytest.param(lambda request: bool(request.headers) and None, BODY, "text/plain", id="headers"),
    ],
)
def test_what_leaves_the_body_there_does_no_harm(use: Any, body: bytes, content_type: str) -> None:
    assert through(use, body, content_type).status_code == 200
    assert seen[0].body == body


@pytest.mark.parametrize(
    ("use", "body", "content_type"),
    [
        pytest.param(read_post, MULTIPART, "multipart/form-data; boundary=x", id="request.POST of multipart"),
        pytest.param(FrameworkRequest, BODY, "application/json", id="request.data of REST framework"),
        pytest.param(lambda request: request.read() and None, BODY, "application/json", id="request.read"),
        pytest.param(lambda request: request.readline() and None, BODY, "text/plain", id="request.readline"),
    ],
)
def test_a_body_that_was_read_before_is_a_configuration_error(
    use: Any, body: bytes, content_type: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ImproperlyConfigured, match=re.escape("Read request.body there")):
        through(use, body, content_type)
    assert not [record for record in caplog.records if record.name == "webhook_verify"]


def test_a_middleware_that_reads_multipart_is_500_and_not_401() -> None:
    view = plain_function(Receiver(VERIFIER))
    middleware: dict[str, Any] = {"MIDDLEWARE": [f"{__name__}.reading_middleware"]}
    kind = "multipart/form-data; boundary=x"
    assert post(view, MULTIPART, content_type=kind, **middleware).status_code == 500


reading_middleware = before(read_post)


@pytest.mark.parametrize("send", WORLDS)
@pytest.mark.parametrize("limit", [10, len(BODY) - 1])
def test_over_data_upload_max_memory_size_is_413(
    send: Any, limit: int, caplog: pytest.LogCaptureFixture
) -> None:
    view = plain_function(Receiver(VERIFIER))
    assert send(view, DATA_UPLOAD_MAX_MEMORY_SIZE=limit).status_code == 413
    assert f"the limit of {limit} bytes, which the framework sets" in caplog.text


@pytest.mark.parametrize("limit", [len(BODY), None])
def test_up_to_data_upload_max_memory_size_is_read(limit: int | None) -> None:
    view = plain_function(Receiver(VERIFIER))
    assert post(view, DATA_UPLOAD_MAX_MEMORY_SIZE=limit).status_code == 200


def test_a_content_length_over_the_limit_is_refused_unread() -> None:
    unreadable = io.BytesIO()
    unreadable.close()
    environ = {"wsgi.input": unreadable, "CONTENT_LENGTH": "9999999"}
    view = plain_function(Receiver(VERIFIER))
    assert post(view, environ=environ).status_code == 413


def chunked(**more: Any) -> dict[str, Any]:
    environ = {"wsgi.input": io.BytesIO(BODY), "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    return environ | more


def test_a_chunked_body_under_a_wsgi_server_that_ends_it_is_read() -> None:
    environ = chunked(**{"wsgi.input_terminated": True})
    assert post(plain_function(Receiver(VERIFIER)), environ=environ).status_code == 200
    assert seen[0].body == BODY


@pytest.mark.parametrize(
    ("limit", "setting"), [(10, 2_621_440), (1000, 10)], ids=["receiver's limit", "Django's limit"]
)
def test_a_chunked_body_over_the_limit_is_413(limit: int, setting: int) -> None:
    view = plain_function(Receiver(VERIFIER, max_body_bytes=limit))
    environ = chunked(**{"wsgi.input_terminated": True})
    assert post(view, environ=environ, DATA_UPLOAD_MAX_MEMORY_SIZE=setting).status_code == 413


def test_a_chunked_body_without_input_terminated_is_a_configuration_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert post(plain_function(Receiver(VERIFIER)), environ=chunked()).status_code == 500
    assert "wsgi.input_terminated" in caplog.text
    assert not [record for record in caplog.records if record.name == "webhook_verify"]


def test_a_chunked_body_under_asgi_is_read() -> None:
    pieces = [BODY[:5], b"", BODY[5:]]
    assert asyncio.run(asgi_status(plain_function(Receiver(VERIFIER)), asgi_scope(), pieces)) == 200
    assert seen[0].body == BODY


def test_an_oversize_stream_under_asgi_is_413() -> None:
    view = async_function(AsyncReceiver(VERIFIER, max_body_bytes=10))
    assert asyncio.run(asgi_status(view, asgi_scope(), [BODY[:5], BODY[5:]])) == 413


class Broken(io.BytesIO):
    """A connection that the client has closed."""

    def read(self, size: int | None = -1) -> bytes:
        raise OSError("connection reset")


@pytest.mark.parametrize("stream", [Broken(), io.BytesIO(BODY[:9])], ids=["reset", "short"])
def test_a_client_that_goes_away_is_no_rejection(
    stream: io.BytesIO, caplog: pytest.LogCaptureFixture
) -> None:
    environ: dict[str, Any] = {"wsgi.input": stream}
    request = RequestFactory().generic("POST", "/hook", BODY, headers=signed(), **environ)
    with caplog.at_level("INFO", "webhook_verify"):
        response = plain_function(Receiver(VERIFIER))(request)
    assert response.status_code == 400
    (record,) = [record for record in caplog.records if record.name == "webhook_verify"]
    assert record.levelname == "INFO"


# What Django has in front of a view


def test_the_csrf_middleware_lets_a_delivery_pass() -> None:
    for make in (plain_function, plain_class):
        middleware = ["django.middleware.csrf.CsrfViewMiddleware"]
        assert post(make(Receiver(VERIFIER)), MIDDLEWARE=middleware).status_code == 200


def test_a_gzip_middleware_above_does_not_matter() -> None:
    headers = signed() | {"accept-encoding": "gzip"}
    middleware = ["django.middleware.gzip.GZipMiddleware"]
    response = post(plain_function(Receiver(VERIFIER)), headers=headers, MIDDLEWARE=middleware)
    assert response.status_code == 200


@pytest.mark.parametrize("make", [plain_function, async_function, plain_class, async_class])
def test_a_view_is_exempt_from_csrf_login_and_transactions_by_construction(make: Any) -> None:
    view = make(Receiver(VERIFIER))
    assert view.csrf_exempt is True
    assert view.login_required is False
    assert view._non_atomic_requests == {"default"}


@pytest.mark.parametrize("send", WORLDS)
@pytest.mark.parametrize("make", [plain_function, async_function, plain_class, async_class])
def test_atomic_requests_do_not_hold_a_view_in_a_transaction(
    make: Any, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # There is no database here, so a transaction would be an error.
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
    assert send(make(Receiver(VERIFIER))).status_code == 200


@pytest.mark.parametrize("debug", [False, True])
def test_append_slash_is_not_turned_into_a_get_by_us(debug: bool, caplog: pytest.LogCaptureFixture) -> None:
    middleware = ["django.middleware.common.CommonMiddleware"]
    view = plain_function(Receiver(VERIFIER))
    response = post(view, target="/slash", MIDDLEWARE=middleware, DEBUG=debug)
    if debug:
        assert response.status_code == 500
        assert "APPEND_SLASH" in caplog.text
    else:
        # Most senders do not follow; one that does comes as a GET, which is 405 and never a delivery.
        assert response.status_code == 301
        assert post(view, b"", {}, target="/slash/", method="GET").status_code == 405
    assert not seen


# The handler, the claim and the hooks


def guarded(kind: Any, *outcome: ClaimOutcome) -> tuple[Any, Any]:
    ledger: Any = (AsyncLedger if kind is AsyncReceiver else Ledger)(*outcome)
    return kind(VERIFIER, replay=ledger), ledger


@pytest.mark.parametrize("send", WORLDS)
@pytest.mark.parametrize(("status", "outcome"), [(200, "complete"), (204, "complete"), (500, "release")])
@pytest.mark.parametrize(("make", "kind"), FACES)
def test_the_claim_is_settled_by_the_views_status(
    make: Any, kind: Any, status: int, outcome: str, send: Any
) -> None:
    receiver, ledger = guarded(kind)
    status_now[:] = [status]
    assert send(make(receiver)).status_code == status
    assert ledger.outcome == [outcome]


@pytest.mark.parametrize(("make", "kind"), FACES)
def test_the_claim_is_released_when_the_view_fails(make: Any, kind: Any) -> None:
    receiver, ledger = guarded(kind)
    faults.append(RuntimeError("boom"))
    assert post(make(receiver)).status_code == 500
    assert ledger.outcome == ["release"]


def test_the_claim_is_released_when_the_view_returns_no_response() -> None:
    ledger = Ledger()

    @webhook(Receiver(VERIFIER, replay=ledger))
    def hook(request: HttpRequest, delivery: Delivery) -> HttpResponse:
        return None  # type: ignore[return-value]

    assert post(hook).status_code == 500
    assert ledger.outcome == ["release"]


@pytest.mark.parametrize(("make", "kind"), FACES)
def test_the_guards_answer_is_sent_without_running_the_view(make: Any, kind: Any) -> None:
    receiver, _ = guarded(kind, IN_FLIGHT)
    response = post(make(receiver))
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"
    assert not seen


def test_a_rejection_that_the_view_raises_is_not_ours_to_answer() -> None:
    faults.append(SignatureMismatch(Reason.NO_SECRET, "of another delivery"))
    assert post(plain_function(Receiver(VERIFIER))).status_code == 500


def by_tenant(head: RequestHead) -> Verifier | None:
    assert head.path == "/hook"
    return VERIFIER if head.header("X-Tenant") == "acme" else None


async def by_tenant_async(head: RequestHead) -> Verifier | None:
    return by_tenant(head)


def by_tenant_of_the_orm(head: RequestHead) -> Verifier | None:
    """As the ORM, refuses to work where an event loop runs."""
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
    return by_tenant(head)


@pytest.mark.parametrize("send", WORLDS)
@pytest.mark.parametrize(
    ("make", "receiver"),
    [
        pytest.param(plain_function, Receiver(by_tenant), id="plain"),
        pytest.param(async_class, AsyncReceiver(by_tenant), id="plain function for async"),
        pytest.param(async_function, AsyncReceiver(by_tenant_async), id="async"),
        pytest.param(async_function, Receiver(by_tenant_of_the_orm), id="ORM in an async view"),
    ],
)
def test_a_verifier_for_each_request(make: Any, receiver: Any, send: Any) -> None:
    known = signed() | {"x-tenant": "acme"}
    assert send(make(receiver), headers=known).status_code == 200
    assert send(make(receiver), headers=signed()).status_code == 401


@pytest.mark.parametrize("send", WORLDS)
@pytest.mark.parametrize(("make", "kind"), FACES)
def test_on_reject_may_answer_itself(make: Any, kind: Any, send: Any) -> None:
    def gone(error: RejectedDelivery, head: RequestHead) -> WebhookResponse:
        return WebhookResponse(410, b"gone", (("x-reason", str(error.reason)),))

    response = send(make(kind(VERIFIER, on_reject=gone)), headers={})
    assert (response.status_code, response.content) == (410, b"gone")
    assert response.headers["x-reason"] == "missing_header"
    assert "content-type" not in response.headers


class Counter:
    def __init__(self) -> None:
        self.verdicts: list[str] = []

    def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
        self.verdicts.append(delivery.id)

    def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
        self.verdicts.append(str(error.reason))


@pytest.mark.parametrize(("make", "kind"), FACES)
def test_an_observer_is_told(make: Any, kind: Any) -> None:
    counter = Counter()
    view = make(kind(VERIFIER, observer=counter))
    post(view)
    post(view, headers={})
    assert counter.verdicts == ["msg_1", "missing_header"]


def test_a_rejection_is_logged_once_with_what_it_is_about(caplog: pytest.LogCaptureFixture) -> None:
    post(plain_function(Receiver(VERIFIER)), BODY + b" ", signed())
    (record,) = [record for record in caplog.records if record.name == "webhook_verify"]
    assert record.levelno == logging.WARNING
    assert record.__dict__["path"] == "/hook"
    assert record.__dict__["message_id"] == "msg_1"


# Misuse


def unfinished(_: Any) -> object:
    class Hook(WebhookMixin, View):
        pass

    return Hook.as_view()


def with_post(_: Any) -> object:
    class Hook(WebhookMixin, View):
        def webhook(self, request: HttpRequest, delivery: Delivery) -> HttpResponse:
            return answer(delivery)

        def post(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse()

    return Hook.as_view()


def behind_view(_: Any) -> object:
    return type("Hook", (View, WebhookMixin), {})


@pytest.mark.parametrize(
    ("make", "receiver", "text"),
    [
        pytest.param(plain_function, AsyncReceiver(VERIFIER), "plain one a Receiver", id="async receiver"),
        pytest.param(plain_class, AsyncReceiver(VERIFIER), "plain one a Receiver", id="async, class"),
        pytest.param(plain_function, VERIFIER, "not Verifier", id="verifier"),
        pytest.param(plain_class, None, "not NoneType", id="None"),
        pytest.param(webhook, answer, "not function", id="decorator without its brackets"),
        pytest.param(unfinished, None, "needs webhook", id="no webhook"),
        pytest.param(with_post, None, "needs webhook", id="post"),
        pytest.param(behind_view, None, "MRO", id="mixin behind View"),
    ],
)
def test_misuse_is_told_at_construction(make: Any, receiver: Any, text: str) -> None:
    with pytest.raises(TypeError, match=text):
        make(receiver)


# The settings


def with_settings(**options: Any) -> Any:
    return override_settings(WEBHOOK_VERIFY={"default": options})


@pytest.mark.parametrize("send", WORLDS)
@pytest.mark.parametrize("make", [plain_function, async_function, plain_class, async_class])
def test_a_view_can_name_a_receiver_of_the_settings(make: Any, send: Any) -> None:
    view = make("default")
    headers = Signer(SECRET).sign(BODY)
    with with_settings(secrets=SECRET, max_body_bytes=100):
        assert send(view, headers=headers).status_code == 200
        assert send(view, b"x" * 101, Signer(SECRET).sign(b"x" * 101)).status_code == 413
    with with_settings(secrets="whsec_" + "A" * 31 + "B"):
        assert send(view, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "secrets",
    [
        pytest.param(SECRET, id="str"),
        pytest.param(Secret(SECRET), id="Secret"),
        pytest.param([b"another key of 24 bytes.", SECRET], id="several"),
        pytest.param({"value": SECRET, "label": "2026"}, id="dict"),
        pytest.param([{"value": lambda: SECRET}], id="dict of a function"),
        pytest.param(lambda: SECRET, id="function"),
        pytest.param([lambda: SECRET], id="list of a function"),
        pytest.param(lambda: [SECRET], id="function of a list"),
    ],
)
def test_a_secret_of_the_settings_may_be(secrets: Any) -> None:
    with with_settings(secrets=secrets):
        incoming = receiver_from_settings().begin(facts_now())
    incoming.update(BODY)
    assert incoming.finish().body == BODY


GUARD = ReplayGuard(MemoryStore())


@pytest.mark.parametrize(
    "replay",
    [
        pytest.param(lambda: ReplayGuard(MemoryStore()), id="function"),
        pytest.param(ReplayGuard(MemoryStore()), id="guard"),
        pytest.param(f"{__name__}.GUARD", id="dotted path"),
    ],
)
@pytest.mark.parametrize("make", [plain_function, async_class])
def test_replay_protection_of_the_settings(make: Any, replay: Any) -> None:
    headers = Signer(SECRET).sign(BODY, id=f"msg_{make.__name__}")
    with with_settings(secrets=SECRET, replay=replay):
        view = make("default")
        post(view, headers=headers)
        assert post(view, headers=headers).content == b'{"result":"handled_before"}'
    assert len(seen) == 1


@pytest.mark.parametrize("replay", ["no.such.path", 7, lambda: MemoryStore()], ids=["path", "int", "store"])
def test_replay_protection_that_is_none_is_improperly_configured(replay: Any) -> None:
    with with_settings(secrets=SECRET, replay=replay), pytest.raises(ImproperlyConfigured, match="default"):
        receiver_from_settings()


def facts_now() -> RequestHead:
    return RequestHead("POST", "/", Signer(SECRET).sign(BODY))


def test_the_settings_are_read_once_and_not_before_the_first_use() -> None:
    calls: list[int] = []

    def secret() -> str:
        calls.append(1)
        return SECRET

    with with_settings(secrets=secret):
        view = plain_class("default")
        assert not calls
        post(view, headers={})
        post(view, headers={})
        assert receiver_from_settings() is receiver_from_settings("default")
        assert len(calls) == 1
        assert isinstance(async_receiver_from_settings(), AsyncReceiver)


def failing() -> str:
    raise KeyError("THE_VARIABLE")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(None, "not there", id="no dict of names"),
        pytest.param({}, "not there", id="no name"),
        pytest.param({"default": SECRET}, "not there", id="no dict"),
        pytest.param({"default": {}}, "'secrets'", id="no secrets"),
        pytest.param({"default": {"secrets": SECRET, "secret": 1}}, "no option but", id="unknown option"),
        pytest.param({"default": {"secrets": []}}, "there is no secret", id="empty list"),
        pytest.param({"default": {"secrets": None}}, "NoneType", id="None"),
        pytest.param({"default": {"secrets": ""}}, "empty", id="blank"),
        pytest.param({"default": {"secrets": "whsec_SEKRIT!"}}, "not base64", id="junk"),
        pytest.param({"default": {"secrets": [{"value": SECRET, "labl": ""}]}}, "labl", id="unknown key"),
        pytest.param({"default": {"secrets": [{"label": "a"}]}}, "NoneType", id="no value"),
        pytest.param({"default": {"secrets": failing}}, "KeyError", id="function that fails"),
        pytest.param({"default": {"secrets": SECRET, "scheme": "morse"}}, "morse", id="scheme"),
        pytest.param({"default": {"secrets": SECRET, "tolerance": 0}}, "tolerance", id="tolerance"),
        pytest.param({"default": {"secrets": SECRET, "max_body_bytes": "1"}}, "max_body", id="limit"),
    ],
)
def test_an_error_of_the_settings_is_improperly_configured_and_shows_no_secret(value: Any, text: str) -> None:
    with override_settings(WEBHOOK_VERIFY=value), pytest.raises(ImproperlyConfigured, match=text) as caught:
        receiver_from_settings()
    error: BaseException = caught.value
    assert "default" in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None
    frame = error.__traceback__
    while frame is not None and (frame := frame.tb_next) is not None:
        shown = repr(frame.tb_frame.f_locals)
        assert SECRET not in shown
        assert "SEKRIT" not in shown


def test_a_view_of_a_missing_setting_is_500_and_not_401() -> None:
    assert post(plain_class("nowhere")).status_code == 500


def test_the_debug_page_does_not_show_the_secrets() -> None:
    with with_settings(secrets=[SECRET, {"value": SECRET}]):
        shown = SafeExceptionReporterFilter().get_safe_settings()["WEBHOOK_VERIFY"]
    assert SECRET not in repr(shown)


# Behind a real server


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    port = processes.free_port()
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "app:application"]
    environ = os.environ | {"WEBHOOK_SECRET": SECRET, "PYTHONPATH": str(PROJECT.parents[1])}
    url = f"http://127.0.0.1:{port}"
    with processes.started(command, cwd=PROJECT, env=environ, stderr=subprocess.DEVNULL):
        wait_until(lambda: listens(port))
        http_client.get(url).raise_for_status()
        yield url


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(BODY, 200, id="with a length"),
        pytest.param([BODY[:5], BODY[5:]], 200, id="chunked"),
        pytest.param([BODY, b" "], 401, id="chunked and tampered"),
        pytest.param([b"x" * 2**16] * 17, 413, id="chunked and oversize"),
    ],
)
def test_over_http(url: str, body: Any, status: int) -> None:
    content = body if isinstance(body, bytes) else iter(body)
    response = http_client.post(f"{url}/webhooks/svix", content=content, headers=Signer(SECRET).sign(BODY))
    assert response.status_code == status


def test_over_http_a_client_that_hangs_up_in_the_middle_does_no_harm(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    head = "".join(f"{name}: {value}\r\n" for name, value in Signer(SECRET).sign(BODY).items())
    with socket.create_connection((host, int(port))) as client:
        start = f"POST /webhooks/svix HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n{head}\r\nhalf"
        client.sendall(start.encode())
    test_over_http(url, BODY, 200)
