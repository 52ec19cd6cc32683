"""What the tests of the operations share: calling an operation by name, and seeing what it sends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import cache, reduce
from inspect import signature
from typing import Any, Union, get_args, get_origin, get_type_hints

import httpx2
import msgspec

from webhook_verify.api._pages import AsyncPages, Pages
from webhook_verify.api.svix import AsyncSvix, Svix

__all__ = ["AsyncWire", "Parameters", "Wire", "fewest_arguments", "method_of", "parameters_of"]


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
        self.returns: Any = get_args(hints["return"])[0]


def _without_none(hint: Any) -> Any:
    kinds = [each for each in get_args(hint) if each is not type(None)]
    return Union[tuple(kinds)] if get_origin(hint) and len(kinds) > 0 else hint  # noqa: UP007


class Wire:
    """A blocking client whose requests end here: each gets ``response``, and the last is ``request``."""

    def __init__(self) -> None:
        transport = httpx2.MockTransport(self._answer)
        self.client = Svix("testsk_t0k3n", http_client=httpx2.Client(transport=transport), retries=0)
        self.response = httpx2.Response(204)
        self.request = httpx2.Request("GET", "https://example.com")

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.request = request
        return self.response

    def called(self, name: str, args: list[Any], options: Mapping[str, Any]) -> Any:
        """The result of an operation; of a list its first page."""
        result = method_of(self.client, name)(*args, **options)
        return result.first_page() if isinstance(result, Pages) else result


class AsyncWire(Wire):
    """The same with an asyncio client."""

    def __init__(self) -> None:
        super().__init__()
        transport = httpx2.MockTransport(self._answer)
        http = httpx2.AsyncClient(transport=transport)
        self.async_client = AsyncSvix("testsk_t0k3n", http_client=http, retries=0)

    def called(self, name: str, args: list[Any], options: Mapping[str, Any]) -> Any:
        """The awaited result of an operation; of a list its first page."""

        async def run() -> Any:
            result = method_of(self.async_client, name)(*args, **options)
            waiting: Awaitable[Any] = result.first_page() if isinstance(result, AsyncPages) else result
            return await waiting

        return asyncio.run(run())


@cache
def parameters_of(name: str) -> Parameters:
    """What the operation of that name takes."""
    return Parameters(method_of(Wire().client, name))


def fewest_arguments(takes: Parameters) -> list[Any]:
    """Ids, and a body with no more than what is required."""
    args: list[Any] = ["x"] * len(takes.ids)
    if takes.body is None or takes.may_leave_out_body:
        return args
    required = {each.name: _some(each.type) for each in msgspec.structs.fields(takes.body) if each.required}
    return [*args, takes.body(**required)]


def _some(kind: Any) -> Any:
    some: dict[Any, Any] = {str: "x", int: 1, datetime: datetime(2026, 1, 1, tzinfo=UTC)}
    return some.get(kind, {})
