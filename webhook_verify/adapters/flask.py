"""Flask views that run only with a verified delivery, plain or ``async``::

    @app.post("/webhooks/svix")
    @webhook(Receiver(verifier))
    def hook(delivery: Delivery) -> ResponseReturnValue: ...

or ``WebhookVerify(app, receiver=..., path="/webhooks/svix")``, which guards whatever answers a POST to
that path and gives it ``flask.g.delivery``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import wraps
from inspect import iscoroutinefunction
from io import BytesIO
from typing import Any, Protocol, cast, overload

try:
    from flask import Flask, Response, current_app, g, request
    from flask.typing import ResponseReturnValue
    from werkzeug.exceptions import RequestEntityTooLarge
    from werkzeug.wsgi import LimitedStream, get_input_stream
except ImportError as missing:
    raise ImportError("webhook_verify.adapters.flask needs Flask: pip install 'flask>=3.0'") from missing

from webhook_verify.adapters.asgi import checked_paths
from webhook_verify.adapters.wsgi import IncompleteBody, stated_length
from webhook_verify.delivery import Delivery
from webhook_verify.errors import MalformedDelivery, Reason, RejectedDelivery
from webhook_verify.receiver import Answer, AsyncReceiver, Incoming, Receiver, RequestFacts

__all__ = ["WebhookVerify", "webhook"]


class _Function(Protocol):
    def __call__(self, delivery: Delivery, *args: Any, **kwargs: Any) -> ResponseReturnValue: ...


class _Method(Protocol):
    def __call__(
        self, view: Any, /, delivery: Delivery, *args: Any, **kwargs: Any
    ) -> ResponseReturnValue: ...


class _AsyncFunction(Protocol):
    def __call__(self, delivery: Delivery, *args: Any, **kwargs: Any) -> Awaitable[ResponseReturnValue]: ...


class _AsyncMethod(Protocol):
    def __call__(
        self, view: Any, /, delivery: Delivery, *args: Any, **kwargs: Any
    ) -> Awaitable[ResponseReturnValue]: ...


_CLAIM = "webhook_verify.claim"
_STATUS = "webhook_verify.status"
_View = Callable[..., Response]
_AsyncView = Callable[..., Coroutine[Any, Any, Response]]


class _AsyncDecorator(Protocol):
    """Takes an ``async`` view only."""

    def __call__(self, view: _AsyncFunction | _AsyncMethod, /) -> _AsyncView: ...


class _Decorator(Protocol):
    """Takes a plain or an ``async`` view."""

    @overload
    def __call__(self, view: _AsyncFunction | _AsyncMethod, /) -> _AsyncView: ...
    @overload
    def __call__(self, view: _Function | _Method, /) -> _View: ...


@overload
def webhook(receiver: Receiver) -> _Decorator: ...
@overload
def webhook(receiver: AsyncReceiver) -> _AsyncDecorator: ...
def webhook(receiver: Receiver | AsyncReceiver) -> Any:
    """Decorate a view, below its route: it runs only with a verified delivery, as ``delivery=``.

    Also for a method of a ``MethodView``, and in its ``decorators``. ``receiver``: a :class:`Receiver`; or
    an :class:`AsyncReceiver`, for an ``async`` view only. Raises TypeError for what cannot work.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        _check_receiver(receiver, view)

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Response:
            blocking = cast("Receiver", receiver)  # as was checked above
            return _serve(blocking, lambda delivery: view(*args, delivery=delivery, **kwargs))

        @wraps(view)
        async def async_guarded(*args: Any, **kwargs: Any) -> Response:
            return await _serve_async(receiver, lambda delivery: view(*args, delivery=delivery, **kwargs))

        chosen = async_guarded if iscoroutinefunction(view) else guarded
        # Or Flask would answer 200 to OPTIONS, and name it in the Allow header of a 405.
        vars(chosen).setdefault("provide_automatic_options", False)
        return chosen

    return decorate


class WebhookVerify:
    """Lets a POST to one of the paths through to the application only as a verified delivery.

    The view reads ``flask.g.delivery``, and not only the body: under a path that is not guarded it is
    missing. ``path``: the exact path, or several. With ``app`` None, call :meth:`init_app` later.
    Raises TypeError or ValueError for a configuration that cannot work.
    """

    def __init__(self, app: Flask | None = None, *, receiver: Receiver, path: str | Iterable[str]) -> None:
        _check_receiver(receiver, None)
        self._receiver = receiver
        self._paths = checked_paths(path)
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Guard the paths of an application; of several, if it is called for each."""
        app.before_request(self._before)
        app.after_request(self._after)
        app.teardown_request(self._teardown)

    def _before(self) -> Response | None:
        if _CLAIM not in request.environ:
            g.pop("delivery", None)  # of another request: an application context may outlive one
        if request.method != "POST" or request.path not in self._paths:
            return None
        facts = _facts()
        try:
            delivery = _verified(self._receiver.begin(facts), self._receiver.max_body_bytes)
        except (RejectedDelivery, IncompleteBody) as error:
            return _refuse(self._receiver, error, facts)
        claim = self._receiver.claim(delivery)
        if isinstance(claim, Answer):
            return _response(claim)
        g.delivery = delivery
        request.environ[_CLAIM] = self, claim
        return None

    def _after(self, response: Response) -> Response:
        request.environ[_STATUS] = response.status_code
        return response

    def _teardown(self, error: BaseException | None) -> None:
        owner, claim = request.environ.get(_CLAIM, (None, None))
        if owner is self:
            del request.environ[_CLAIM]
            self._receiver.settle(claim, None if error else request.environ.get(_STATUS))


def _serve(receiver: Receiver, run: Callable[[Delivery], ResponseReturnValue]) -> Response:
    """Verify the request and run the view."""
    facts = _facts()
    if answer := receiver.answer_to(facts.method):
        return _response(answer)
    try:
        delivery = _verified(receiver.begin(facts), receiver.max_body_bytes)
    except (RejectedDelivery, IncompleteBody) as error:
        return _refuse(receiver, error, facts)
    answered = receiver.handle(delivery, lambda: current_app.make_response(run(delivery)), _status)
    return _response(answered)


async def _serve_async(
    receiver: Receiver | AsyncReceiver, run: Callable[[Delivery], Awaitable[ResponseReturnValue]]
) -> Response:
    """As :func:`_serve`, awaited. Flask gives each async view a loop of its own, which may be blocked."""
    facts = _facts()
    if answer := receiver.answer_to(facts.method):
        return _response(answer)
    try:
        begun = receiver.begin(facts)
        incoming = await begun if isinstance(begun, Awaitable) else begun
        delivery = _verified(incoming, receiver.max_body_bytes)
    except (RejectedDelivery, IncompleteBody) as error:
        return _refuse(receiver, error, facts)

    async def respond() -> Response:
        return current_app.make_response(await run(delivery))

    if isinstance(receiver, AsyncReceiver):
        answered = await receiver.handle(delivery, respond, _status)
        return _response(answered)
    claim = receiver.claim(delivery)
    if isinstance(claim, Answer):
        return _response(claim)
    status: int | None = None
    try:
        response = await respond()
        status = response.status_code
    finally:
        receiver.settle(claim, status)
    return response


def _check_receiver(receiver: object, view: object) -> None:
    if isinstance(receiver, Receiver) or (isinstance(receiver, AsyncReceiver) and iscoroutinefunction(view)):
        return
    kind = type(receiver).__name__
    raise TypeError(f"receiver is a Receiver, or an AsyncReceiver for an async view only; not {kind}")


def _facts() -> RequestFacts:
    length = request.environ.get("CONTENT_LENGTH") or ""
    return RequestFacts(request.method, request.path, request.headers, length)


def _verified(incoming: Incoming, limit: int) -> Delivery:
    incoming.update(_body(limit))
    return incoming.finish()


def _body(limit: int) -> bytes:
    """The raw body, at most one byte over the limit; Flask has it again for whoever asks next."""
    length = stated_length(request.environ)
    if length is not None:
        request.environ.pop("HTTP_TRANSFER_ENCODING", None)  # done with; Flask would take no length beside it
    flasks_limit = request.max_content_length
    most = limit if flasks_limit is None else min(limit, flasks_limit)
    cached = vars(request)
    was_touched = "stream" in cached  # somebody asked Flask for the body before
    if length is not None and length > most:
        raise _too_large(most)
    try:
        # get_data() gives what was read before and kept, or else reads this stream.
        stream = request.stream if was_touched else get_input_stream(request.environ)
        cached["stream"] = LimitedStream(stream, most + 1, is_max=True)
        body = request.get_data()
    except RequestEntityTooLarge:
        raise _too_large(most) from None
    except Exception as error:  # each server has its own for a client that is gone, or bad chunks
        raise IncompleteBody(f"its body could not be read: {type(error).__name__}") from None
    cached["stream"] = BytesIO(body)
    if len(body) > most < limit:
        raise _too_large(most)
    if length is None:
        length = 1 if was_touched else 0  # at least
    if len(body) >= length:
        return body
    if was_touched:
        raise RuntimeError(
            "the body was read before the webhook was verified, and is gone: in before_request functions "
            "use request.get_data() or get_json(), which keep it, not request.form, files, values or stream"
        )
    raise IncompleteBody(f"only {len(body)} of the {length} bytes of its body arrived")


def _too_large(limit: int) -> MalformedDelivery:
    return MalformedDelivery(
        Reason.BODY_TOO_LARGE, f"the body is larger than MAX_CONTENT_LENGTH, {limit} bytes"
    )


def _refuse(
    receiver: Receiver | AsyncReceiver, error: RejectedDelivery | IncompleteBody, facts: RequestFacts
) -> Response:
    return _response(error.answer() if isinstance(error, IncompleteBody) else receiver.refuse(error, facts))


def _response(answer: Answer | Response) -> Response:
    if isinstance(answer, Answer):
        return current_app.response_class(answer.body, answer.status, list(answer.headers))
    return answer


def _status(response: Response) -> int:
    return response.status_code
