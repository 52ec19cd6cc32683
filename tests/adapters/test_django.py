"""The Django adapter: decorator and mixin, sync and async views, under Django's WSGI and ASGI test clients.

Code that may have read the body before is in ``test_django_body.py``, and receivers from the settings are in
``test_django_settings.py``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.views import View

from tests.adapters.django_views import (
    FACES,
    WORLDS,
    answer,
    async_class,
    async_function,
    faults,
    fresh_views,
    plain_class,
    plain_function,
    post,
    seen,
    status_now,
)
from tests.adapters.helpers import IN_FLIGHT, AsyncLedger, Ledger
from tests.signing import BODY, NOW, VERIFIER, signed
from webhook_verify import (
    AsyncReceiver,
    Delivery,
    Reason,
    Receiver,
    RejectedDelivery,
    SignatureMismatch,
    Verifier,
)
from webhook_verify.adapters.django import WebhookMixin, webhook
from webhook_verify.receiver import RequestHead, WebhookResponse
from webhook_verify.replay import ClaimOutcome


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    with fresh_views():
        yield


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
        pytest.param(plain_function, AsyncReceiver(VERIFIER), "for a plain view;", id="async receiver"),
        pytest.param(plain_class, AsyncReceiver(VERIFIER), "for a plain view;", id="async, class"),
        pytest.param(plain_function, VERIFIER, "not 'Verifier'", id="verifier"),
        pytest.param(plain_class, None, "not 'NoneType'", id="None"),
        pytest.param(webhook, answer, "not 'function'", id="decorator without its brackets"),
        pytest.param(unfinished, None, "must define webhook", id="no webhook"),
        pytest.param(with_post, None, "must define webhook", id="post"),
        pytest.param(behind_view, None, "MRO", id="mixin behind View"),
    ],
)
def test_misuse_is_told_at_construction(make: Any, receiver: Any, text: str) -> None:
    with pytest.raises(TypeError, match=text):
        make(receiver)
