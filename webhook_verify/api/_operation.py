"""A call of a management API as a value, which does not depend on a transport.

A resource's method returns an `Operation`, created by `request`. A sender sends it, synchronously or not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Hashable, Mapping, Set
from datetime import datetime
from functools import cache
from typing import Any, Generic, Literal, NamedTuple, TypeVar, TypedDict, cast, overload
from urllib.parse import quote, urlencode

import msgspec

from webhook_verify.api._model import utc_if_naive

__all__ = [
    "Call",
    "Method",
    "Operation",
    "OperationSteps",
    "PostCall",
    "encode_body",
    "encode_query",
    "optional",
    "perform",
    "request",
    "segment",
]

T = TypeVar("T")
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
_Decode = Callable[[bytes], T]
_NO_RESULT = frozenset({b"", b"{}", b"null"})


class Call(TypedDict, total=False):
    """Keyword arguments of every operation."""

    timeout: float | None
    """Maximum duration of the call in seconds, including retries; None: no limit. By default the client's."""


class PostCall(Call, total=False):
    """Keyword arguments of an operation that accepts an idempotency key."""

    idempotency_key: str
    """The server performs calls with the same key once (Svix: within 12 hours).

    Printable ASCII that does not begin with `auto_`. By default each call has its own key.
    """


class Operation(NamedTuple, Generic[T]):
    """A request, and the decoder of its response."""

    method: Method
    path: str
    """Percent-encoded path."""
    decode: _Decode[T]
    """Converts the response body to the result. Raises `msgspec.DecodeError` if it cannot."""
    query: Mapping[str, object] = {}
    """Query parameters before encoding. A parameter that is `None` is not sent."""
    body: object = None
    """Value to send as JSON; None: no body."""
    headers: Mapping[str, str] = {}
    """Headers in addition to the client's."""
    is_form: bool = False
    """Whether the body, a mapping of str, is sent as a form instead of JSON."""
    is_repeatable: bool = False
    """Whether the operation is idempotent although its method is not."""

    @property
    def has_result(self) -> bool:
        """Whether the response body is read."""
        return self.decode is not _nothing


OperationSteps = Generator[Operation[Any], Any, T]
"""A call of several operations. Each yielded operation is sent; the generator receives its result, or its
`APIError` is thrown into it. See `perform`."""


def perform(operation: Operation[T]) -> OperationSteps[T]:
    """Send an operation as a step of a call, and return its result with its type."""
    result: T = yield operation
    return result


@overload
def request(
    method: Method,
    template: str,
    *segments: str,
    query: Mapping[str, object] = ...,
    body: object = ...,
) -> Operation[None]: ...
@overload
def request(
    method: Method,
    template: str,
    *segments: str,
    returns: type[T],
    query: Mapping[str, object] = ...,
    body: object = ...,
) -> Operation[T]: ...
@overload
def request(
    method: Method,
    template: str,
    *segments: str,
    decode: Callable[[bytes], T],
    query: Mapping[str, object] = ...,
    body: object = ...,
) -> Operation[T]: ...
def request(
    method: Method,
    template: str,
    *segments: str,
    returns: Any = None,
    decode: Callable[[bytes], Any] | None = None,
    query: Mapping[str, object] = {},
    body: object = None,
) -> Operation[Any]:
    """Return an operation whose path is the template with each `{}` replaced by an encoded segment.

    Args:
        method: HTTP method.
        template: Path with a `{}` for each segment.
        *segments: Ids to insert.
        returns: Type of the response body. Without `returns` and `decode` the body is ignored.
        decode: Decoder of a response body that `returns` cannot describe.
        query: Query parameters. A parameter that is `None` is not sent.
        body: Value to send as JSON; None: no body.

    Returns:
        The operation.

    Raises:
        TypeError: If an id is not a str.
        ValueError: If an id is empty, `.` or `..`.
    """
    path = template.format(*map(segment, segments))
    if decode is None:
        decode = _nothing if returns is None else _decoder(returns)
    return Operation(method, path, decode, query, body)


def segment(value: object) -> str:
    """Percent-encode a path segment, so that an id cannot change the path.

    Args:
        value: The id.

    Returns:
        The encoded id.

    Raises:
        TypeError: If the id is not a str.
        ValueError: If the id is empty, `.` or `..`, which would address another resource.
    """
    if not isinstance(value, str):
        raise TypeError(f"id must be a str, not {type(value).__name__!r}")
    if value in {"", ".", ".."}:
        raise ValueError(f"id must not be {value!r}, which would address another resource")
    return quote(value, safe="")


def encode_body(operation: Operation[Any]) -> tuple[bytes | None, Mapping[str, str]]:
    """Return the encoded body, `None` without a body, and the headers of the request."""
    if operation.body is None:
        return None, operation.headers
    if operation.is_form:
        form = urlencode(cast("Mapping[str, str]", operation.body)).encode()
        return form, {**operation.headers, "content-type": "application/x-www-form-urlencoded"}
    content = msgspec.json.encode(operation.body)
    return content, {**operation.headers, "content-type": "application/json"}


def encode_query(query: Mapping[str, object]) -> str:
    """Encode the query string, without parameters that are `None` or empty collections.

    Args:
        query: Query parameters. A bool becomes `true` or `false`, a datetime RFC 3339 (a naive one is UTC)
            and a collection one parameter for each item, which is the default of OpenAPI.

    Returns:
        The query string, "" without parameters.
    """
    return urlencode(
        [(name, text) for name, value in query.items() for text in _texts(value)], quote_via=quote
    )


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, datetime):
        return [utc_if_naive(value).isoformat()]
    if isinstance(value, str | int):
        return [str(value)]
    if isinstance(value, Collection):
        texts = [text for item in cast("Collection[object]", value) for text in _texts(item)]
        return sorted(texts) if isinstance(value, Set) else texts
    kind = type(value).__name__
    raise TypeError(f"query values must be str, int, bool, datetime or a collection of these, not {kind!r}")


def optional(returns: type[T]) -> Callable[[bytes], T | None]:
    """Return the decoder of a result that is not in every server's response.

    Args:
        returns: Type of the response body.

    Returns:
        A decoder for `request`. It returns None for an empty body and for an empty object.
    """
    decode_result: _Decode[T] = _decoder(cast("Hashable", returns))

    def decode(body: bytes) -> T | None:
        return None if body.strip() in _NO_RESULT else decode_result(body)

    return decode


@cache
def _decoder(returns: Hashable) -> _Decode[Any]:
    return msgspec.json.Decoder(returns).decode


def _nothing(body: bytes) -> None:
    """Ignore the body of a response that has no result."""
