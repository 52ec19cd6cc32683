"""A Django project whose views commit in different places, for gunicorn and uvicorn.

``COMMITS_DATABASE`` is the file of its SQLite database, and ``COMMITS_SETTLING`` adds SettlingMiddleware.
``/rows/<id>`` returns the number of commits of a message.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="of a test",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
    MIDDLEWARE=[f"{__name__}.{name}" for name in os.environ.get("COMMITS_MIDDLEWARE", "").split()],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["COMMITS_DATABASE"],
            "ATOMIC_REQUESTS": True,
            "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
        },
        "other": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["COMMITS_DATABASE"] + "-other"},
    },
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "EXCEPTION_HANDLER": f"{__name__}.forgiving",
    },
    LOGGING_CONFIG=None,
)
django.setup()

from asgiref.sync import async_to_sync, sync_to_async  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils.decorators import method_decorator  # noqa: E402
from rest_framework.decorators import action, api_view  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.routers import SimpleRouter  # noqa: E402
from rest_framework.views import APIView, exception_handler  # noqa: E402
from rest_framework.viewsets import ViewSet  # noqa: E402

from tests.adapters.commits.database import Database, guarded  # noqa: E402
from tests.adapters.commits.django_hook_views import hook_urls  # noqa: E402
from webhook_verify import AsyncReceiver, Delivery, Receiver  # noqa: E402
from webhook_verify.adapters.asgi import SettlingMiddleware as AsgiSettling  # noqa: E402
from webhook_verify.adapters.django import WebhookMixin, webhook  # noqa: E402
from webhook_verify.adapters.wsgi import SettlingMiddleware as WsgiSettling  # noqa: E402

# Work outside of Django's database: a queue, and a unit of work of another library.
queued = Database()
foreign = Database()


def create_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("create table if not exists parents(id integer primary key)")
        cursor.execute("insert or ignore into parents values (1)")
        cursor.execute(
            "create table if not exists orders(message text, parent integer references parents(id) "
            "deferrable initially deferred)"
        )


def fails(request: HttpRequest) -> bool:
    return "HTTP_X_COMMIT" in request.META


def work(request: HttpRequest, delivery: Delivery) -> None:
    """Insert a row. If the request requires it, its foreign key fails at the commit."""
    with connection.cursor() as cursor:
        cursor.execute("insert into orders values (%s, %s)", [delivery.id, 999 if fails(request) else 1])


def enqueue(request: HttpRequest, delivery: Delivery) -> None:
    """Act like ``task.delay`` in on_commit. If the request requires it, the broker is unavailable."""
    job = queued.begin({"x-commit"} if fails(request) else ())
    job.add(delivery.id)
    job.commit()


def receiver() -> Receiver:
    return guarded(Receiver)


@webhook(receiver())
def plain(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    with transaction.atomic():
        work(request, delivery)
    return HttpResponse("ok")


@transaction.atomic
@webhook(receiver())
def atomic_above(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    work(request, delivery)
    return HttpResponse("ok")


@transaction.atomic
@transaction.atomic
@webhook(receiver())
def atomic_twice(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    work(request, delivery)
    return HttpResponse("ok")


def called_by_a_view(request: HttpRequest) -> Any:
    return plain_work(request)


@webhook(receiver())
def plain_work(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    work(request, delivery)
    return HttpResponse("ok")


@transaction.atomic
@webhook(receiver())
def streamed(request: HttpRequest, delivery: Delivery) -> StreamingHttpResponse:
    work(request, delivery)
    return StreamingHttpResponse(iter([b"o", b"k"]))


@api_view(["POST"])
@webhook(receiver())
def drf_function(request: HttpRequest, delivery: Delivery) -> Any:
    work(request, delivery)
    return Response({})


class DrfView(APIView):
    @method_decorator(webhook(receiver()))
    def post(self, request: HttpRequest, delivery: Delivery) -> Any:
        work(request, delivery)
        return Response({})


class DrfSet(ViewSet):
    @action(detail=False, methods=["post"], url_path="hook")
    @method_decorator(webhook(receiver()))
    def hook(self, request: HttpRequest, delivery: Delivery) -> Any:
        work(request, delivery)
        return Response({})


class DrfMixin(WebhookMixin, APIView):
    receiver = guarded(Receiver)

    def webhook(self, request: HttpRequest, delivery: Delivery, *args: Any, **kwargs: Any) -> Any:
        work(request, delivery)
        return Response({"id": delivery.id})


@transaction.atomic
@webhook(receiver())
def on_commit(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    transaction.on_commit(lambda: enqueue(request, delivery))
    return HttpResponse("ok")


@api_view(["POST"])
@webhook(receiver())
def drf_on_commit(request: HttpRequest, delivery: Delivery) -> Any:
    transaction.on_commit(lambda: enqueue(request, delivery))
    return Response({})


def on_commit_later(request: HttpRequest) -> Any:
    """Register a callback after the view has returned, and therefore after that of the adapter."""
    deliveries: list[Delivery] = []

    @webhook(later_receiver)
    def hook(request: HttpRequest, delivery: Delivery) -> HttpResponse:
        deliveries.append(delivery)
        return HttpResponse("ok")

    with transaction.atomic():
        response = hook(request)
        for delivery in deliveries:
            transaction.on_commit(partial(enqueue, request, delivery))
    return response


later_receiver = receiver()


def foreign_above(view: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator with a unit of work outside of Django."""

    def wrapped(request: Any) -> Any:
        request.work = foreign.begin({"x-commit"} if fails(request) else ())
        response = view(request)
        request.work.commit()
        return response

    return wrapped


@foreign_above
@webhook(receiver())
def foreign_decorator(request: Any, delivery: Delivery) -> HttpResponse:
    request.work.add(delivery.id)
    return HttpResponse("ok")


def foreign_middleware(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return foreign_above(get_response)


@webhook(receiver())
def in_middleware(request: Any, delivery: Delivery) -> HttpResponse:
    request.work.add(delivery.id)
    return HttpResponse("ok")


def atomic_middleware(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return transaction.atomic(get_response)


@webhook(guarded(AsyncReceiver))
async def async_hook(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    await sync_to_async(work)(request, delivery)
    return HttpResponse("ok")


@transaction.atomic
def async_below_atomic(request: HttpRequest) -> Any:
    return async_to_sync(async_hook)(request)


@webhook(guarded(Receiver))
async def async_hook_of_blocking(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    return await async_work(request, delivery)


async def async_work(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    await sync_to_async(work)(request, delivery)
    return HttpResponse("ok")


@transaction.atomic
def async_of_blocking_below_atomic(request: HttpRequest) -> Any:
    return async_to_sync(async_hook_of_blocking)(request)


# Errors with a 2xx response complete the delivery.

failures: list[str] = []


@webhook(receiver())
def failing(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    failures.append(delivery.id)
    raise ValueError("of the handler")


def forgiving_above(request: HttpRequest) -> Any:
    try:
        return failing(request)
    except ValueError:
        return HttpResponse("forgiven")


@api_view(["POST"])
@webhook(receiver())
def drf_failing(request: HttpRequest, delivery: Delivery) -> Any:
    failures.append(delivery.id)
    raise ValueError("of the handler")


def forgiving(error: Exception, context: Any) -> Any:
    return Response("forgiven") if isinstance(error, ValueError) else exception_handler(error, context)


class ForgivingMiddleware:
    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        return self.get_response(request)

    def process_exception(self, request: Any, error: Exception) -> HttpResponse | None:
        return HttpResponse("forgiven") if isinstance(error, ValueError) else None


@webhook(receiver())
def slow(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    """Take longer than the timeout of the sender."""
    time.sleep(1.0)
    with transaction.atomic():
        work(request, delivery)
    return HttpResponse("ok")


def rows(request: HttpRequest, message: str) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from orders where message = %s", [message])
        (count,) = cursor.fetchone()
    count += queued.rows[message] + foreign.rows[message] + failures.count(message)
    return HttpResponse(str(count))


router = SimpleRouter()
router.register("set", DrfSet, basename="set")

urlpatterns = [
    path("plain", plain),
    path("atomic-above", atomic_above),
    path("atomic-twice", atomic_twice),
    path("called-by-a-view", called_by_a_view),
    path("streamed", streamed),
    path("drf-function", drf_function),
    path("drf-view", DrfView.as_view()),
    path("drf-mixin", DrfMixin.as_view()),
    path("on-commit", on_commit),
    path("drf-on-commit", drf_on_commit),
    path("on-commit-later", on_commit_later),
    path("foreign-decorator", foreign_decorator),
    path("in-middleware", in_middleware),
    path("async-below-atomic", async_below_atomic),
    path("async-of-blocking-below-atomic", async_of_blocking_below_atomic),
    path("failing", failing),
    path("forgiving-above", forgiving_above),
    path("drf-failing", drf_failing),
    path("slow", slow),
    path("rows/<str:message>", rows),
    *hook_urls(work, enqueue, fails),
    path("", include(router.urls)),
]

create_tables()
application: Any = get_wsgi_application()
asgi_application: Any = get_asgi_application()
if os.environ.get("COMMITS_SETTLING"):
    application = WsgiSettling(application)
    asgi_application = AsgiSettling(asgi_application)
