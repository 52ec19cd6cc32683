"""What the tests of the operations share: calling an operation by name, and seeing what it sends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from inspect import signature
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import httpx2
import msgspec

from webhook_verify.api._pages import AsyncPages, Pages

__all__ = ["AsyncWire", "Parameters", "Wire", "fewest_arguments", "method_of", "some_json"]


def method_of(client: object, name: str) -> Any:
    """The bound method of a name such as ``endpoint.transformation.get``."""
    return reduce(getattr, name.split("."), client)


class Parameters:
    """What an operation takes: ``ids`` for its path, a ``body`` or none, and what goes into its query."""

    def __init__(self, method: Callable[..., Any]) -> None:
        declared = method.__wrapped__  # type: ignore[attr-defined]
        hints = get_type_hints(declared)
        parameters = [each for each in signature(method).parameters.values() if each.name != "call"]
        positional = [each for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
        self.ids = [each.name for each in positional if hints[each.name] is str]
        bodies = [each for each in positional if each.name not in self.ids]
        self.body: Any = _without_none(hints[bodies[0].name]) if bodies else None
        self.may_leave_out_body = bool(bodies) and bodies[0].default is None
        (options,) = get_args(hints["call"])
        named = {each.name: hints[each.name] for each in parameters if each.kind is each.KEYWORD_ONLY}
        self.query = named | get_type_hints(options)
        self.call = {
            name: self.query.pop(name) for name in ("timeout", "idempotency_key") if name in self.query
        }
        self.returns: Any = get_args(hints["return"])[-1]


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in {Union, UnionType}:
        return hint
    return Union[tuple(each for each in get_args(hint) if each is not type(None))]  # noqa: UP007


class Wire:
    """A blocking client whose requests end here: each gets ``response``, and the last is ``request``.

    ``make`` makes the client of a transport. A token is given to whoever asks for one.
    """

    def __init__(self, make: Callable[..., Any]) -> None:
        self.client: Any = make(http_client=httpx2.Client(transport=self.transport()), retries=0)
        self.response = httpx2.Response(204)
        self.request = httpx2.Request("GET", "https://example.com")

    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self._answer)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/oauth/token"):
            return httpx2.Response(200, json={"access_token": "t0k3n"})
        self.request = request
        return self.response

    def called(self, name: str, args: list[Any], options: Mapping[str, Any]) -> Any:
        """The result of an operation; of a list its first page."""
        result = method_of(self.client, name)(*args, **options)
        return result.first_page() if isinstance(result, Pages) else result

    def parameters_of(self, name: str) -> Parameters:
        """What the operation of that name takes."""
        return Parameters(method_of(self.client, name))


class AsyncWire(Wire):
    """The same with an asyncio client."""

    def __init__(self, make: Callable[..., Any], make_async: Callable[..., Any]) -> None:
        super().__init__(make)
        self._make_async = make_async

    def called(self, name: str, args: list[Any], options: Mapping[str, Any]) -> Any:
        """The awaited result of an operation; of a list its first page."""

        async def run() -> Any:
            http = httpx2.AsyncClient(transport=self.transport())
            async with self._make_async(http_client=http, retries=0) as client:
                result = method_of(client, name)(*args, **options)
                waiting: Awaitable[Any] = result.first_page() if isinstance(result, AsyncPages) else result
                return await waiting

        return asyncio.run(run())


def fewest_arguments(takes: Parameters) -> list[Any]:
    """Ids, and a body with no more than what is required."""
    args: list[Any] = ["x"] * len(takes.ids)
    return args if takes.body is None or takes.may_leave_out_body else [*args, _fewest(takes.body)]


def _fewest(kind: Any) -> Any:
    if get_origin(kind) is Sequence:
        return [_fewest(get_args(kind)[0])]
    if get_origin(kind) in {Union, UnionType}:
        kind = get_args(kind)[0]
    return kind(**{each.name: _some(each.type) for each in msgspec.structs.fields(kind) if each.required})


def _some(kind: Any) -> Any:
    some: dict[Any, Any] = {str: "x", int: 1, datetime: datetime(2026, 1, 1, tzinfo=UTC)}
    return "UPSERT" if get_origin(kind) is Literal else some.get(kind, {})


def some_json(kind: Any) -> Any:
    """The least that a type can be read from."""
    kind = _without_none(kind)
    if kind is type(None):
        return {}
    if get_origin(kind) is Sequence:
        return []
    some: dict[Any, Any] = {str: "x", int: 1, bool: True, datetime: "2026-01-01T00:00:00Z"}
    if kind in some:
        return some[kind]
    origin = get_origin(kind) or kind
    if isinstance(origin, type) and issubclass(origin, list):
        return []
    if not (isinstance(origin, type) and issubclass(origin, msgspec.Struct)):
        return next(iter(kind)).value if hasattr(kind, "__members__") else kind()
    return {each.encode_name: some_json(each.type) for each in msgspec.structs.fields(kind) if each.required}
