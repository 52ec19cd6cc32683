"""Django views, plain or ``async``, that run only with a verified delivery.

```python
class Hook(WebhookMixin, View):
    receiver = Receiver(verifier)
    def webhook(self, request: HttpRequest, delivery: Delivery) -> HttpResponse: ...
```

For a function of ``(request, delivery)``, use ``@webhook(receiver)``. The views are exempt from CSRF tokens,
login and ATOMIC_REQUESTS. A receiver may also be a name in ``settings.WEBHOOK_VERIFY``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial, wraps
from inspect import iscoroutinefunction
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, overload

try:
    from asgiref.sync import markcoroutinefunction, sync_to_async
    from django.db import connections
    from django.db.transaction import non_atomic_requests
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django.views import View
except ImportError as _missing:
    raise ImportError("webhook_verify.adapters.django needs Django: pip install 'django>=5.2'") from _missing

from webhook_verify.adapters._django import body_chunks, request_head, to_response
from webhook_verify.adapters._django_checks import GUARDED_VIEW
from webhook_verify.adapters._django_commit import PendingWork, may_use_sync_thread
from webhook_verify.adapters._settlement import delivery_from_outside
from webhook_verify.adapters.django_settings import async_receiver_from_settings, receiver_from_settings
from webhook_verify.delivery import Delivery
from webhook_verify.receiver import AsyncReceiver, Receiver
from webhook_verify.receiver.receivers import _AwaitedReceiver

__all__ = ["WebhookMixin", "async_receiver_from_settings", "receiver_from_settings", "webhook"]

_P = ParamSpec("_P")
_View = TypeVar("_View", bound=Callable[..., object])
_Hook = Callable[Concatenate[HttpRequest, Delivery, _P], HttpResponseBase]
_AsyncHook = Callable[Concatenate[HttpRequest, Delivery, _P], Awaitable[HttpResponseBase]]
_PlainView = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]
_AsyncView = Callable[Concatenate[HttpRequest, _P], Awaitable[HttpResponseBase]]


class WebhookMixin(View):
    """A mixin for a view that passes verified deliveries to its method `webhook`.

    It responds to all other requests itself. In front of an ``APIView`` of Django REST framework, `webhook`
    takes the framework's Request and returns its Response.
    """

    receiver: Receiver | AsyncReceiver | str = "default"
    """The receiver, or a name in ``settings.WEBHOOK_VERIFY``. An `AsyncReceiver` requires ``async`` code."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _set_is_async(cls)

    def webhook(
        self, request: HttpRequest, delivery: Delivery, *args: Any, **kwargs: Any
    ) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Handle a verified delivery. Override this method; it may be ``async``.

        Args:
            request: The request.
            delivery: The verified delivery.
            args: The positional arguments of the URL pattern.
            kwargs: The keyword arguments of the URL pattern.

        Returns:
            The response.

        Raises:
            NotImplementedError: If the method is not overridden.
        """
        raise NotImplementedError

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """Return the view function, exempt from CSRF tokens, login and ATOMIC_REQUESTS.

        Args:
            initkwargs: Attributes of the view, as in Django.

        Returns:
            The view function.

        Raises:
            TypeError: If the class has no method `webhook` or has a `post`, if `webhook` is ``async`` in a
                view of REST framework, or if the receiver does not fit.
        """
        if cls.webhook is WebhookMixin.webhook or hasattr(cls, "post"):
            raise TypeError(f"{cls.__name__} must define webhook(self, request, delivery), and not post()")
        if _is_rest_view(cls) and iscoroutinefunction(cls.webhook):
            raise TypeError(
                f"{cls.__name__}.webhook must not be async, because Django REST framework is synchronous"
            )
        _check_receiver(initkwargs.get("receiver", cls.receiver), cls.webhook)
        return _exempt(super().as_view(**initkwargs))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Verify the request and run `webhook`.

        Args:
            request: The request.
            args: The positional arguments of the URL pattern.
            kwargs: The keyword arguments of the URL pattern.

        Returns:
            The response, or an awaitable of the response for an ``async`` view.

        Raises:
            ImproperlyConfigured: If `receiver` is a name that is missing in the settings or has invalid
                options.
            Exception: Any exception of `webhook`.
        """

        def run(delivery: Delivery) -> Any:
            if not _is_rest_view(type(self)):
                return self.webhook(request, delivery, *args, **kwargs)

            def post(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                return self.webhook(request, delivery, *args, **kwargs)

            # Only the framework's own dispatch can render its Response.
            vars(self)[(request.method or "post").lower()] = post
            return super(WebhookMixin, self).dispatch(request, *args, **kwargs)

        return _server(self.receiver, self.webhook)(request, run)


class _Decorator(Protocol):
    """A decorator for plain and ``async`` views."""

    @overload
    def __call__(self, hook: _AsyncHook[_P]) -> _AsyncView[_P]: ...
    @overload
    def __call__(self, hook: _Hook[_P]) -> _PlainView[_P]: ...


class _AsyncDecorator(Protocol):
    """A decorator for ``async`` views."""

    def __call__(self, hook: _AsyncHook[_P]) -> _AsyncView[_P]: ...


@overload
def webhook(receiver: Receiver | str) -> _Decorator: ...
@overload
def webhook(receiver: AsyncReceiver) -> _AsyncDecorator: ...
def webhook(receiver: Receiver | AsyncReceiver | str) -> Any:
    """Decorate a view of ``(request, delivery, ...)``, which then runs only with a verified delivery.

    Args:
        receiver: A `Receiver`, an `AsyncReceiver` for an ``async`` view, or a name in
            ``settings.WEBHOOK_VERIFY``.

    Returns:
        The decorator.

    Raises:
        TypeError: If `receiver` has another type. From the decorator, if an `AsyncReceiver` gets a plain
            view.
        ImproperlyConfigured: From the view, if the name is missing in the settings or its options are
            invalid.
    """
    _check_receiver(receiver)

    def decorate(hook: Callable[..., Any]) -> Callable[..., Any]:
        _check_receiver(receiver, hook)
        serve = _server(receiver, hook)

        @wraps(hook)
        def view(request: HttpRequest, *args: Any, **kwargs: Any) -> object:
            def run(delivery: Delivery) -> object:
                return hook(request, delivery, *args, **kwargs)

            return serve(request, run)

        return _exempt(markcoroutinefunction(view) if iscoroutinefunction(hook) else view)

    return decorate


def _set_is_async(view: type[WebhookMixin]) -> None:
    # Not in the class: django-stubs has no public name for the type of this attribute.
    view.view_is_async = iscoroutinefunction(view.webhook)


def _is_rest_view(view: type[View]) -> bool:
    """Return whether a class is an ``APIView`` of Django REST framework."""
    return hasattr(view, "initialize_request") and hasattr(view, "finalize_response")


def _server(value: Receiver | AsyncReceiver | str, hook: Callable[..., object]) -> Callable[..., Any]:
    if not iscoroutinefunction(hook):
        return partial(_serve, value)
    # Blocking calls run in a thread, as the ORM requires.
    receiver = _AwaitedReceiver(value, _in_thread) if isinstance(value, Receiver) else value
    return partial(_serve_async, receiver)


def _serve(value: Any, request: HttpRequest, run: Callable[[Delivery], HttpResponseBase]) -> HttpResponseBase:
    """Verify the request and run the view."""
    receiver: Receiver = receiver_from_settings(value) if isinstance(value, str) else value
    if (delivery := delivery_from_outside(_environ_of(request), receiver)) is not None:
        return run(delivery)
    head = request_head(request, receiver.needs_request_target)
    defer = PendingWork(request).defer if receiver.has_replay_protection else None
    response = receiver.handle_request(head, body_chunks(request), run, _status, defer)
    return to_response(response, head.method)


async def _serve_async(
    value: AsyncReceiver | str,
    request: HttpRequest,
    run: Callable[[Delivery], Awaitable[HttpResponseBase]],
) -> HttpResponseBase:
    """Verify the request and run the ``async`` view."""
    receiver = async_receiver_from_settings(value) if isinstance(value, str) else value
    if (delivery := delivery_from_outside(_environ_of(request), receiver)) is not None:
        return await run(delivery)
    head = request_head(request, receiver.needs_request_target)
    if not receiver.has_replay_protection:
        response = await receiver.handle_request(head, body_chunks(request), run, _status)
        return to_response(response, head.method)
    work = PendingWork(request, databases=False)

    async def run_and_watch(delivery: Delivery) -> HttpResponseBase:
        response = await run(delivery)
        if may_use_sync_thread():
            await sync_to_async(work.watch)()
        return response

    response = await receiver.handle_request(head, body_chunks(request), run_and_watch, _status, work.defer)
    return to_response(response, head.method)


def _environ_of(request: HttpRequest) -> Mapping[str, Any]:
    """Return the ASGI scope or the WSGI environ."""
    scope: Mapping[str, Any] | None = getattr(request, "scope", None)
    return request.META if scope is None else scope


async def _in_thread(function: Callable[..., object], *args: object, **kwargs: object) -> object:
    return await sync_to_async(function)(*args, **kwargs)


def _check_receiver(receiver: object, hook: object = None) -> None:
    if not isinstance(receiver, Receiver | AsyncReceiver | str):
        kind = type(receiver).__name__
        raise TypeError(
            "receiver must be a Receiver, an AsyncReceiver or a name in settings.WEBHOOK_VERIFY, not "
            f"{kind!r}"
        )
    if isinstance(receiver, AsyncReceiver) and hook is not None and not iscoroutinefunction(hook):
        raise TypeError(
            "receiver must be a Receiver for a plain view; an AsyncReceiver requires an async view"
        )


def _exempt(view: _View) -> _View:
    """Exempt the view from login, CSRF tokens and ATOMIC_REQUESTS, whose rollback would affect the claim."""
    vars(view).update({"csrf_exempt": True, "login_required": False, GUARDED_VIEW: view})
    for alias in connections:
        non_atomic_requests(using=alias)(view)
    return view


def _status(response: HttpResponseBase) -> int:
    return getattr(response, "status_code", 500)  # Django rejects any object without it.
