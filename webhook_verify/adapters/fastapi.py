"""FastAPI routes that run only with a verified delivery.

```python
router = APIRouter(route_class=WebhookRoute)

@router.post("/webhooks/svix")
async def hook(delivery: Annotated[Delivery, Depends(webhook(receiver))]) -> None: ...
```

The route class verifies before FastAPI reads the body, and settles by the status that is sent. On a route of
another class, the dependency verifies after FastAPI has decoded the JSON, and raises an error for a receiver
with replay protection.

The dependency may belong to a router or to the application. It does not affect WebSockets, nor routes without
POST, such as GET /health, unless their endpoint takes the delivery.
"""
# This module does not postpone annotations, because FastAPI evaluates the annotations of the dependency.

from collections.abc import Awaitable, Callable, Container, Coroutine, Iterator
from copy import copy
from dataclasses import dataclass
from functools import partial
from inspect import Parameter, Signature, isasyncgenfunction, isgeneratorfunction, unwrap
from json import loads
from typing import Annotated, Any, cast
from warnings import warn

from webhook_verify.adapters._checks import check_async_receiver
from webhook_verify.adapters._settlement import VERIFIED, delivery_from_outside
from webhook_verify.adapters.starlette import SettlingMiddleware, WebhookRejected, _admit, _verify
from webhook_verify.delivery import Delivery
from webhook_verify.receiver import AsyncReceiver, WebhookResponse
from webhook_verify.schemes import Scheme, get
from webhook_verify.tracebacks import safe_repr

try:
    from fastapi import Header, Request, Response, routing
    from fastapi.dependencies.models import Dependant
    from fastapi.routing import APIRoute
    from starlette.requests import HTTPConnection
    from starlette.types import Receive, Scope, Send
except ImportError as _missing:
    raise ImportError("this adapter needs FastAPI: pip install fastapi") from _missing

__all__ = [
    "REJECTIONS",
    "CommitAfterResponseWarning",
    "SettlingMiddleware",
    "WebhookRoute",
    "verified_delivery",
    "webhook",
]

_NO_DELIVERY = cast("Delivery", None)
"""The value of the dependency in a route that is not a webhook and does not use it."""

REJECTIONS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": description,
        "content": {
            "application/json": {
                "schema": {"type": "object", "properties": {"result": {"type": "string"}}},
                "example": loads(WebhookResponse.for_status(status).body),
            }
        },
    }
    for status, description in {
        400: "A webhook header is missing, ambiguous or invalid",
        401: "Not a genuine and fresh delivery",
        413: "The body is larger than the limit",
    }.items()
}
"""The responses to rejected requests, for ``responses=``. WebhookRoute adds them automatically."""


class CommitAfterResponseWarning(UserWarning):
    """A guarded route has a dependency whose code after ``yield`` runs after the response was sent.

    If that code fails, for example in a commit, the sender does not retry, because it has received a 2xx. Use
    ``Depends(..., scope="function")`` for the dependency.
    """


def verified_delivery(receiver: AsyncReceiver) -> Callable[..., Awaitable[Delivery]]:
    """Return a dependency whose value is the verified `Delivery`.

    The handler does not run for any other request. Two dependencies of the same receiver are equal, so
    FastAPI resolves them once, and ``app.dependency_overrides[verified_delivery(receiver)]`` replaces them in
    a test.

    Args:
        receiver: The receiver that verifies.

    Returns:
        The dependency, for ``Depends``.

    Raises:
        TypeError: If `receiver` is not an AsyncReceiver.
        RuntimeError: From the dependency, if the receiver has replay protection and the route is not a
            `WebhookRoute`, or the application has consumed the body.
    """
    check_async_receiver(receiver)
    return _Webhook(receiver)


def webhook(receiver: AsyncReceiver) -> Callable[..., Awaitable[Delivery]]:
    """Return a dependency whose value is the verified `Delivery`, as `verified_delivery` does.

    Args:
        receiver: The receiver that verifies.

    Returns:
        The dependency, for ``Depends``.

    Raises:
        TypeError: If `receiver` is not an AsyncReceiver.
        RuntimeError: From the dependency, if the receiver has replay protection and the route is not a
            `WebhookRoute`, or the application has consumed the body.
    """
    return verified_delivery(receiver)


@dataclass(frozen=True)
class _Webhook:
    """The dependency of `webhook`. Without a docstring, Python 3.11.2 would not accept `__signature__`."""

    receiver: AsyncReceiver

    @property
    def __signature__(self) -> Signature:
        """The signature from which FastAPI reads the headers of the OpenAPI schema."""
        scheme = self.receiver.scheme or get("standard-webhooks")
        # FastAPI passes an HTTPConnection to the dependencies of a WebSocket as well.
        request = Parameter("request", Parameter.POSITIONAL_OR_KEYWORD, annotation=HTTPConnection)
        headers = (
            Parameter(f"header_{place}", Parameter.KEYWORD_ONLY, default="", annotation=_header(name, scheme))
            for place, name in enumerate(_without_twins(scheme.header_names)[:_MAX_HEADER_PARAMETERS])
        )
        return Signature([request, *headers])

    # The receiver reads and verifies the headers itself. The parameters are only for the schema.
    async def __call__(self, request: HTTPConnection, **headers: str) -> Delivery:
        dependant = _dependant_of(request.scope)
        if not isinstance(request, Request):
            if dependant is None or _is_taken(dependant, self):
                raise RuntimeError("a WebSocket has no delivery: use webhook(receiver) in a POST route")
            return _NO_DELIVERY
        if dependant is not None and _lets_through(_methods_of(request.scope), dependant, self):
            return _NO_DELIVERY
        if (outside := delivery_from_outside(request.scope, self.receiver)) is not None:
            return outside
        if self.receiver.has_replay_protection:
            raise RuntimeError(
                "replay protection requires WebhookRoute, because a dependency cannot read the response "
                "status. Use APIRouter(route_class=WebhookRoute), or set app.router.route_class = "
                "WebhookRoute before adding routes"
            )
        _let_refused_through(request.scope)
        delivery = await _verify(self.receiver, request)
        vars(request)["_body"] = delivery.body  # Request.body() returns this cached body to the handler.
        return delivery


# A scheme may have up to 100 numbered headers, and FastAPI reads each header that is in the schema.
_MAX_HEADER_PARAMETERS = 10

_MEANINGS = {
    "id": "The message id",
    "timestamp": "The time of signing, in Unix seconds",
    "signature": "The signatures, separated by spaces",
}


def _without_twins(names: tuple[str, ...]) -> list[str]:
    """Return the names without the ``svix-`` names that Standard Webhooks accepts in addition."""
    return [name for name in names if not (name.startswith("svix-") and f"webhook-{name[5:]}" in names)]


def _header(name: str, scheme: Scheme) -> Any:
    """Return the annotation of a header that the scheme reads."""
    part = name.removeprefix("webhook-")
    meaning = f"Read by the scheme `{scheme.name}`."
    if part in _MEANINGS and f"svix-{part}" in scheme.header_names:
        meaning = f"{_MEANINGS[part]}. `svix-{part}` is accepted as well."
    return Annotated[str, Header(alias=name, description=meaning)]


@safe_repr
class WebhookRoute(APIRoute):
    """A route that verifies its ``webhook(receiver)`` dependency first, and settles by the sent status.

    The dependency may be a parameter, an item of ``dependencies=``, or a dependency of another dependency.
    All other code of the route runs only with a verified delivery. A route without the dependency is not
    affected.

    Args:
        args: The positional arguments of FastAPI's `APIRoute`.
        kwargs: The keyword arguments of FastAPI's `APIRoute`.

    Raises:
        ValueError: If the route has the dependencies of several receivers.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = _only(self.dependant)
        self._webhook = None if found is None or _lets_through(self.methods, self.dependant, found) else found
        if self._webhook is not None:
            self.responses: dict[int | str, dict[str, Any]] = {**REJECTIONS, **self.responses}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, without the headers of the schema, because FastAPI validates them slowly.

        Returns:
            The handler.
        """
        # FastAPI builds the routes of an included router again, as contexts.
        context = getattr(routing, "_effective_route_context_var", None)
        built: Any = (context.get() if context else None) or self
        for_schema = built.dependant
        self._warn_of_late_commits(for_schema)
        built.dependant = _without_headers(for_schema)
        try:
            return super().get_route_handler()
        finally:
            built.dependant = for_schema

    def _warn_of_late_commits(self, dependant: Dependant) -> None:
        """Warn of each dependency with a ``yield`` and the scope "request", once for a route."""
        guard = _only(dependant)
        if guard is None or not guard.receiver.has_replay_protection:
            return
        warned: set[object] = vars(self).setdefault("_warned", set())
        for call in _late_generators(dependant):
            if call not in warned:
                warned.add(call)
                name = getattr(call, "__qualname__", None) or type(call).__qualname__
                warn(
                    f"the code after yield in {name}, a dependency of the guarded route {self.path}, runs "
                    "after the response was sent; if it fails, for example in a commit, the delivery is "
                    f'lost. Use Depends({name}, scope="function")',
                    CommitAfterResponseWarning,
                    stacklevel=2,
                )

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Args:
            scope: The ASGI scope.
            receive: Receives messages from the server.
            send: Sends messages to the server.
        """
        found = self._webhook or _included(scope, self.methods)
        overrides = getattr(scope.get("app"), "dependency_overrides", None)
        if found is None or (overrides and found in overrides):
            await super().handle(scope, receive, send)
        else:
            handle = partial(self._handle_verified, found.receiver)
            await _admit(found.receiver, handle, scope, receive, send)

    async def _handle_verified(
        self, receiver: AsyncReceiver, delivery: Delivery, scope: Scope, receive: Receive, send: Send
    ) -> None:
        scope[VERIFIED] = (receiver, delivery)
        await super().handle(scope, receive, send)


def _only(dependant: Dependant) -> _Webhook | None:
    found = set(_webhooks(dependant))
    if len(found) > 1:
        raise ValueError("a route must use only one webhook(receiver), because it has one delivery")
    return found.pop() if found else None


def _webhooks(dependant: Dependant) -> Iterator[_Webhook]:
    for one in dependant.dependencies:
        if isinstance(one.call, _Webhook):
            yield one.call
        yield from _webhooks(one)


def _late_generators(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    """Yield the dependencies with a ``yield`` and the scope "request", which is the default."""
    for dependency in dependant.dependencies:
        call = dependency.call
        # Older versions of FastAPI have no scopes, and end such a dependency before the response is sent.
        if (
            call is not None
            and getattr(dependency, "scope", "function") != "function"
            and _is_generator(call)
        ):
            yield call
        yield from _late_generators(dependency)


def _is_generator(call: Callable[..., Any]) -> bool:
    while isinstance(call, partial):
        call = call.func
    functions = [unwrap(function) for function in (call, type(call).__call__)]
    return any(isgeneratorfunction(function) or isasyncgenfunction(function) for function in functions)


def _without_headers(dependant: Dependant) -> Dependant:
    lean = copy(dependant)
    lean.dependencies = [_without_headers(one) for one in dependant.dependencies]
    if isinstance(dependant.call, _Webhook):
        lean.header_params = []
    return lean


def _included(scope: Scope, methods: Container[str] | None) -> _Webhook | None:
    """Return the dependency from include_router(), which newer versions store outside of the route."""
    dependant = _included_dependant(scope)
    found = None if dependant is None else _only(dependant)
    if found is None or dependant is None or _lets_through(methods, dependant, found):
        return None
    return found


def _included_dependant(scope: Scope) -> Dependant | None:
    dependant = getattr(scope.get("fastapi", {}).get("effective_route_context"), "dependant", None)
    return dependant if isinstance(dependant, Dependant) else None


def _dependant_of(scope: Scope) -> Dependant | None:
    """Return the dependencies of the request's route."""
    dependant = _included_dependant(scope) or getattr(scope.get("route"), "dependant", None)
    return dependant if isinstance(dependant, Dependant) else None


def _methods_of(scope: Scope) -> Container[str] | None:
    return getattr(scope.get("route"), "methods", None)


def _lets_through(methods: Container[str] | None, dependant: Dependant, webhook: _Webhook) -> bool:
    """Return whether a route has no method of deliveries, and no code in it takes the delivery."""
    is_webhook = methods is None or any(method in methods for method in ("POST", *webhook.receiver.methods))
    return not is_webhook and not _is_taken(dependant, webhook)


def _is_taken(dependant: Dependant, webhook: _Webhook) -> bool:
    """Return whether the endpoint, or another dependency, has the delivery as a parameter."""
    for inner in dependant.dependencies:
        if inner.call == webhook:
            if inner.name is not None:
                return True
        elif _is_taken(inner, webhook):
            return True
    return False


def _let_refused_through(scope: Scope) -> None:
    """Register a handler that sends the response of WebhookRejected, as add_exception_handler() would."""
    scope["starlette.exception_handlers"][0].setdefault(WebhookRejected, _answer)


async def _answer(request: Request, refused: WebhookRejected) -> Response:
    return refused.response
