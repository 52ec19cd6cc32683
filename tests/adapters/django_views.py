"""Views of each kind for the tests of the Django adapter, and a project with one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import django
import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import AsyncClient, Client, override_settings
from django.urls import path
from django.views import View

from tests.signing import BODY, signed
from webhook_verify import AsyncReceiver, Delivery, Receiver
from webhook_verify.adapters.django import WebhookMixin, webhook

__all__ = [
    "FACES",
    "WORLDS",
    "answer",
    "async_class",
    "async_function",
    "faults",
    "fresh_views",
    "plain_class",
    "plain_function",
    "post",
    "post_async",
    "seen",
    "status_now",
    "urls",
]

if not settings.configured:
    settings.configure(SECRET_KEY="of a test")
    django.setup()

seen: list[Delivery] = []
status_now = [200]
faults: list[BaseException] = []


@contextmanager
def fresh_views() -> Iterator[None]:
    """Reset the records and options of the views. The settings are those of the tests."""
    seen.clear()
    faults.clear()
    status_now[:] = [200]
    with override_settings(ALLOWED_HOSTS=["*"], MIDDLEWARE=[], DEBUG=False):
        yield


def answer(delivery: Delivery) -> HttpResponse:
    """Handle a delivery as every view of these tests does."""
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
    """Return the response of a WSGI project with only this view."""
    environ = options.pop("environ", {})
    method, target = options.pop("method", "POST"), options.pop("target", "/hook")
    kind = options.pop("content_type", "application/json")
    with override_settings(ROOT_URLCONF=urls(view), **options):
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        given = signed(body) if headers is None else headers
        return client.generic(method, target, body, kind, headers=given, **environ)


def post_async(view: Any, body: bytes = BODY, headers: dict[str, str] | None = None, **options: Any) -> Any:
    """Return the response of an ASGI project with only this view."""

    async def send() -> Any:
        client = AsyncClient(enforce_csrf_checks=True, raise_request_exception=False)
        given = signed(body) if headers is None else headers
        return await client.generic("POST", "/hook", body, "application/json", headers=given)

    with override_settings(ROOT_URLCONF=urls(view), **options):
        return asyncio.run(send())


WORLDS = [pytest.param(post, id="WSGI"), pytest.param(post_async, id="ASGI")]
