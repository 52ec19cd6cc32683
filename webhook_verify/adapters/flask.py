"""Flask views, plain or ``async``, that run only with a verified delivery.

```python
@app.post("/webhooks/svix")
@webhook(Receiver(verifier))
def hook(delivery: Delivery) -> ResponseReturnValue: ...
```

``WebhookVerify(app, receiver=..., path="/webhooks/svix")`` guards all views of a path instead. They read
``flask.g.delivery``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from inspect import Parameter, iscoroutinefunction, signature
from typing import Any, Protocol, overload

try:
    from flask import Response
    from flask.typing import ResponseReturnValue
except ImportError as _missing:
    raise ImportError("webhook_verify.adapters.flask needs Flask: pip install 'flask>=3.0'") from _missing

from webhook_verify.adapters._flask import (
    body_chunks,
    current_request,
    make_response,
    request_head,
    status_code,
    to_response,
)
from webhook_verify.adapters._flask_commit import settle_after_teardown, settle_async_after_teardown
from webhook_verify.adapters._settlement import delivery_from_outside
from webhook_verify.adapters.flask_extension import WebhookVerify
from webhook_verify.delivery import Delivery
from webhook_verify.receiver import AsyncReceiver, Receiver
from webhook_verify.receiver.receivers import _AwaitedReceiver

__all__ = ["WebhookVerify", "webhook"]


class _Function(Protocol):
    """A view function."""

    def __call__(self, delivery: Delivery, *args: Any, **kwargs: Any) -> ResponseReturnValue: ...


class _Method(Protocol):
    """A method of a ``MethodView``."""

    def __call__(
        self, view: Any, /, delivery: Delivery, *args: Any, **kwargs: Any
    ) -> ResponseReturnValue: ...


class _AsyncFunction(Protocol):
    """An ``async`` view function."""

    def __call__(self, delivery: Delivery, *args: Any, **kwargs: Any) -> Awaitable[ResponseReturnValue]: ...


class _AsyncMethod(Protocol):
    """An ``async`` method of a ``MethodView``."""

    def __call__(
        self, view: Any, /, delivery: Delivery, *args: Any, **kwargs: Any
    ) -> Awaitable[ResponseReturnValue]: ...


_View = Callable[..., Response]
_AsyncView = Callable[..., Coroutine[Any, Any, Response]]


class _AsyncDecorator(Protocol):
    """A decorator for ``async`` views."""

    def __call__(self, view: _AsyncFunction | _AsyncMethod, /) -> _AsyncView: ...


class _Decorator(Protocol):
    """A decorator for plain and ``async`` views."""

    @overload
    def __call__(self, view: _AsyncFunction | _AsyncMethod, /) -> _AsyncView: ...
    @overload
    def __call__(self, view: _Function | _Method, /) -> _View: ...


@overload
def webhook(receiver: Receiver) -> _Decorator: ...
@overload
def webhook(receiver: AsyncReceiver) -> _AsyncDecorator: ...
def webhook(receiver: Receiver | AsyncReceiver) -> Any:
    """Decorate a view, below its route, which then runs only with a verified delivery as ``delivery=``.

    It also decorates a method of a ``MethodView``, and may be listed in its ``decorators``.

    Args:
        receiver: A `Receiver`, or an `AsyncReceiver` for an ``async`` view.

    Returns:
        The decorator.

    Raises:
        TypeError: From the decorator, if `receiver` is neither of these, an `AsyncReceiver` gets a plain
            view, or the view has no parameter ``delivery``.
        RuntimeError: From the view, if the application has consumed the body.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        _check_receiver(receiver, view)
        _check_view(view)
        chosen = _async_guarded(receiver, view) if iscoroutinefunction(view) else _guarded(receiver, view)
        # Otherwise Flask would respond to OPTIONS with 200, and list it in the Allow header of a 405.
        vars(chosen).setdefault("provide_automatic_options", False)
        # Flask adds these to the methods of the route, so a handshake by GET also reaches @app.post.
        vars(chosen)["required_methods"] = {
            *vars(chosen).get("required_methods", ()),
            *receiver.handshake_methods,
            *(method for method in receiver.methods if method != "POST"),
        }
        return chosen

    return decorate


def _guarded(receiver: Any, view: Callable[..., ResponseReturnValue]) -> Callable[..., Response]:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Response:
        return _serve(receiver, lambda delivery: view(*args, delivery=delivery, **kwargs))

    return guarded


def _async_guarded(
    value: Receiver | AsyncReceiver, view: Callable[..., Awaitable[ResponseReturnValue]]
) -> Callable[..., Awaitable[Response]]:
    receiver = _AwaitedReceiver(value, _right_here) if isinstance(value, Receiver) else value

    @wraps(view)
    async def guarded(*args: Any, **kwargs: Any) -> Response:
        return await _serve_async(receiver, lambda delivery: view(*args, delivery=delivery, **kwargs))

    return guarded


def _serve(receiver: Receiver, run: Callable[[Delivery], ResponseReturnValue]) -> Response:
    """Verify the request and run the view."""

    def respond(delivery: Delivery) -> Response:
        return make_response(run(delivery))

    request = current_request()
    if (delivery := delivery_from_outside(request.environ, receiver)) is not None:
        return respond(delivery)
    pieces = body_chunks(request, receiver.max_body_bytes)
    head = request_head(request, receiver.needs_request_target)
    response = receiver.handle_request(head, pieces, respond, status_code, settle_after_teardown)
    return to_response(response)


async def _serve_async(
    receiver: AsyncReceiver, run: Callable[[Delivery], Awaitable[ResponseReturnValue]]
) -> Response:
    """Verify the request and run the ``async`` view."""

    async def respond(delivery: Delivery) -> Response:
        return make_response(await run(delivery))

    request = current_request()
    if (delivery := delivery_from_outside(request.environ, receiver)) is not None:
        return await respond(delivery)
    pieces = body_chunks(request, receiver.max_body_bytes)
    head = request_head(request, receiver.needs_request_target)
    response = await receiver.handle_request(head, pieces, respond, status_code, settle_async_after_teardown)
    return to_response(response)


async def _right_here(function: Callable[..., object], *args: object, **kwargs: object) -> object:
    """Call the function directly, because Flask runs each async view on its own loop, which may block."""
    return function(*args, **kwargs)


def _check_receiver(receiver: object, view: object) -> None:
    if isinstance(receiver, Receiver) or (isinstance(receiver, AsyncReceiver) and iscoroutinefunction(view)):
        return
    kind = type(receiver).__name__
    raise TypeError(f"receiver must be a Receiver (or an AsyncReceiver, for async views), not {kind!r}")


def _check_view(view: Callable[..., Any]) -> None:
    """Raise TypeError for a view without the parameter ``delivery``, which would fail for each delivery."""
    parameters = signature(view).parameters
    kinds = [one.kind for one in parameters.values()]
    named = parameters["delivery"].kind if "delivery" in parameters else None
    by_name = named in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    if not by_name and Parameter.VAR_KEYWORD not in kinds:
        raise TypeError("view must have a parameter named delivery, as in: def hook(delivery: Delivery)")
