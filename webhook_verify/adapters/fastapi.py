"""Webhooks in FastAPI::

    router = APIRouter(route_class=WebhookRoute)

    @router.post("/webhooks/svix")
    async def hook(delivery: Annotated[Delivery, Depends(webhook(receiver))]) -> None: ...

The route class verifies before FastAPI reads the body, and sees the status that is sent. On a route of
another class the dependency verifies when FastAPI comes to it: after the JSON has been decoded, and
without replay protection, which it refuses.

The dependency may be one of a router or the application. It lets WebSockets through, and routes without a
POST, such as GET /health, unless their endpoint takes the delivery itself.
"""
# No annotations of the future here: FastAPI evaluates those of the dependency.

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
except ImportError as missing:
    raise ImportError("this adapter needs FastAPI: pip install fastapi") from missing

__all__ = [
    "REJECTIONS",
    "CommitAfterResponseWarning",
    "SettlingMiddleware",
    "WebhookRoute",
    "verified_delivery",
    "webhook",
]

_NO_DELIVERY = cast("Delivery", None)
"""The value of a dependency beside the webhooks, where nothing takes it."""

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
        400: "A webhook header is missing, ambiguous or unreadable",
        401: "Not a genuine and fresh delivery",
        413: "The body is larger than the limit",
    }.items()
}
"""The answers of a rejection for ``responses=``, which WebhookRoute adds by itself."""


class CommitAfterResponseWarning(UserWarning):
    """A guarded route has a dependency whose code after ``yield`` runs when the sender has its answer.

    What fails there, such as a commit, cannot be retried: the sender has its 2xx. The dependency needs
    ``Depends(..., scope="function")``.
    """


def verified_delivery(receiver: AsyncReceiver) -> Callable[..., Awaitable[Delivery]]:
    """Return a dependency whose value is the verified :class:`Delivery`.

    Without one the request is answered for the handler. Two dependencies of the same receiver are equal, so
    FastAPI solves them once, and ``app.dependency_overrides[verified_delivery(receiver)]`` replaces them in a
    test.

    Args:
        receiver: The receiver that verifies.

    Raises:
        TypeError: If `receiver` is not an AsyncReceiver.
    """
    check_async_receiver(receiver)
    return _Webhook(receiver)


def webhook(receiver: AsyncReceiver) -> Callable[..., Awaitable[Delivery]]:
    """Return :func:`verified_delivery` of the receiver, by the name that every other adapter has."""
    return verified_delivery(receiver)


@dataclass(frozen=True)
class _Webhook:
    receiver: AsyncReceiver

    @property
    def __signature__(self) -> Signature:
        """What FastAPI takes the headers of the OpenAPI schema from: those of the receiver's scheme."""
        scheme = self.receiver.scheme or get("standard-webhooks")
        # HTTPConnection, which FastAPI gives to the dependencies of a WebSocket as well.
        request = Parameter("request", Parameter.POSITIONAL_OR_KEYWORD, annotation=HTTPConnection)
        headers = (
            Parameter(f"header_{place}", Parameter.KEYWORD_ONLY, default="", annotation=_header(name, scheme))
            for place, name in enumerate(_without_twins(scheme.header_names)[:_MAX_HEADER_PARAMETERS])
        )
        return Signature([request, *headers])

    # The receiver reads the headers for itself, and refuses.
    async def __call__(self, request: HTTPConnection, **headers: str) -> Delivery:
        dependant = _dependant_of(request.scope)
        if not isinstance(request, Request):
            if dependant is None or _is_taken(dependant, self):
                raise RuntimeError("a WebSocket carries no delivery: take it in a route with a POST")
            return _NO_DELIVERY
        if dependant is not None and _lets_through(_methods_of(request.scope), dependant, self):
            return _NO_DELIVERY
        if (outside := delivery_from_outside(request.scope, self.receiver)) is not None:
            return outside
        if self.receiver.has_replay_protection:
            raise RuntimeError(
                "a dependency does not see the response, so it cannot settle a claim: for replay protection "
                "use APIRouter(route_class=WebhookRoute), or set app.router.route_class = WebhookRoute "
                "before the routes are added"
            )
        _let_refused_through(request.scope)
        delivery = await _verify(self.receiver, request)
        vars(request)["_body"] = delivery.body  # where Request.body() keeps it, for the handler
        return delivery


_MAX_HEADER_PARAMETERS = (
    10  # a scheme may number its header up to 100, of which each would be read for the schema
)

_MEANINGS = {
    "id": "The message id",
    "timestamp": "When it was signed, in Unix seconds",
    "signature": "The signatures, split by blanks",
}


def _without_twins(names: tuple[str, ...]) -> list[str]:
    """The names, of Standard Webhooks' two brands those of the first."""
    return [name for name in names if not (name.startswith("svix-") and f"webhook-{name[5:]}" in names)]


def _header(name: str, scheme: Scheme) -> Any:
    """The annotation of a header that the scheme reads."""
    part = name.removeprefix("webhook-")
    meaning = f"Read by the scheme `{scheme.name}`."
    if part in _MEANINGS and f"svix-{part}" in scheme.header_names:
        meaning = f"{_MEANINGS[part]}. `svix-{part}` is read as well."
    return Annotated[str, Header(alias=name, description=meaning)]


@safe_repr
class WebhookRoute(APIRoute):
    """A route that has its ``webhook(receiver)`` dependency verified first, and settles by the status.

    The dependency may stand anywhere: a parameter, ``dependencies=``, or below another dependency. All
    else in the route sees only verified deliveries. A route without one is as any. Raises ValueError
    for two receivers in one route.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = _only(self.dependant)
        self._webhook = None if found is None or _lets_through(self.methods, self.dependant, found) else found
        if self._webhook is not None:
            self.responses = {**REJECTIONS, **self.responses}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, without the headers that stand in the schema: FastAPI validates them at length."""
        # A router that is included has its routes built again, as contexts.
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
        """Warn of each dependency of request scope with a ``yield``, once for a route."""
        guard = _only(dependant)
        if guard is None or not guard.receiver.has_replay_protection:
            return
        warned: set[object] = vars(self).setdefault("_warned", set())
        for call in _late_generators(dependant):
            if call not in warned:
                warned.add(call)
                name = getattr(call, "__qualname__", None) or type(call).__qualname__
                warn(
                    f"the code after yield of {name}, a dependency of the guarded route {self.path}, runs "
                    "when the sender has its 2xx: if it fails, such as a commit, the delivery is lost. Use "
                    f'Depends({name}, scope="function")',
                    CommitAfterResponseWarning,
                    stacklevel=2,
                )

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
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
        raise ValueError("a route has one webhook(receiver): several receivers cannot share a delivery")
    return found.pop() if found else None


def _webhooks(dependant: Dependant) -> Iterator[_Webhook]:
    for one in dependant.dependencies:
        if isinstance(one.call, _Webhook):
            yield one.call
        yield from _webhooks(one)


def _late_generators(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    """The dependencies with a ``yield`` whose scope is the request, which is the default."""
    for dependency in dependant.dependencies:
        call = dependency.call
        # Older FastAPI has no scopes, and ends such a dependency before the answer is sent.
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
    """The one that include_router() brought, which newer FastAPI keeps apart from the route."""
    dependant = _included_dependant(scope)
    found = None if dependant is None else _only(dependant)
    if found is None or dependant is None or _lets_through(methods, dependant, found):
        return None
    return found


def _included_dependant(scope: Scope) -> Dependant | None:
    dependant = getattr(scope.get("fastapi", {}).get("effective_route_context"), "dependant", None)
    return dependant if isinstance(dependant, Dependant) else None


def _dependant_of(scope: Scope) -> Dependant | None:
    """What FastAPI solves for the request's route."""
    dependant = _included_dependant(scope) or getattr(scope.get("route"), "dependant", None)
    return dependant if isinstance(dependant, Dependant) else None


def _methods_of(scope: Scope) -> Container[str] | None:
    return getattr(scope.get("route"), "methods", None)


def _lets_through(methods: Container[str] | None, dependant: Dependant, webhook: _Webhook) -> bool:
    """Return whether a route is no webhook: it takes no POST, and nothing in it takes the delivery."""
    return methods is not None and "POST" not in methods and not _is_taken(dependant, webhook)


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
    """Send the response of a WebhookRejected that leaves the route, as add_exception_handler() would."""
    scope["starlette.exception_handlers"][0].setdefault(WebhookRejected, _answer)


async def _answer(request: Request, refused: WebhookRejected) -> Response:
    return refused.response
