"""Views of the Django project that commit in unusual places."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator

from tests.adapters.commits.database import guarded
from webhook_verify import Delivery, Receiver
from webhook_verify.adapters.django import WebhookMixin, webhook

__all__ = ["hook_urls"]

Do = Callable[[HttpRequest, Delivery], None]


class _Text(TemplateResponse):
    """A template without a file."""

    def resolve_template(self, template: Any) -> Any:
        return engines["django"].from_string("ok")


def _after_rendering(enqueue: Do) -> Any:
    @webhook(guarded(Receiver))
    def view(request: HttpRequest, delivery: Delivery) -> HttpResponse:
        response = _Text(request, "")
        response.add_post_render_callback(lambda _: enqueue(request, delivery))
        return response

    return view


def _working(work: Do) -> Any:
    @webhook(guarded(Receiver))
    def view(request: HttpRequest, delivery: Delivery) -> HttpResponse:
        work(request, delivery)
        return HttpResponse("ok")

    return view


def _manual(work: Do) -> Any:
    guarded_view = _working(work)

    @transaction.non_atomic_requests
    def view(request: HttpRequest) -> Any:
        transaction.set_autocommit(False)
        try:
            response = guarded_view(request)
            transaction.commit()
        except Exception:
            transaction.rollback()
            return HttpResponse("the commit failed", status=500)
        finally:
            transaction.set_autocommit(True)
        return response

    return view


def _savepoint(work: Do, fails: Callable[[HttpRequest], bool]) -> Any:
    guarded_view = _working(work)

    @transaction.non_atomic_requests
    def view(request: HttpRequest) -> Any:
        with transaction.atomic():
            response = guarded_view(request)
            if fails(request):
                transaction.set_rollback(True)
                return HttpResponse("rolled back", status=500)
        return response

    return view


def _class_based(work: Do) -> Any:
    @method_decorator(transaction.atomic, name="dispatch")
    class Hook(WebhookMixin):
        receiver = guarded(Receiver)

        def webhook(self, request: HttpRequest, delivery: Delivery, *args: Any, **kwargs: Any) -> Any:
            work(request, delivery)
            return HttpResponse("ok")

    return Hook.as_view()


def _other_database(enqueue: Do) -> Any:
    @transaction.atomic
    @transaction.atomic(using="other")
    @webhook(guarded(Receiver))
    def view(request: HttpRequest, delivery: Delivery) -> HttpResponse:
        transaction.on_commit(partial(enqueue, request, delivery), using="other")
        return HttpResponse("ok")

    return view


def _robust(enqueue: Do) -> Any:
    @transaction.atomic
    @webhook(guarded(Receiver))
    def view(request: HttpRequest, delivery: Delivery) -> HttpResponse:
        # A partial has no __qualname__, so Django cannot log its failure and returns 500.
        transaction.on_commit(lambda: enqueue(request, delivery), robust=True)
        return HttpResponse("ok")

    return view


def hook_urls(work: Do, enqueue: Do, fails: Callable[[HttpRequest], bool]) -> list[URLPattern]:
    """Return the views, created with the functions of the project."""
    return [
        path("after-rendering", _after_rendering(enqueue)),
        path("manual", _manual(work)),
        path("savepoint", _savepoint(work, fails)),
        path("class-based", _class_based(work)),
        path("robust", _robust(enqueue)),
        path("other-database", _other_database(enqueue)),
    ]
