"""What one call of a management API is, before anything is sent: a value that knows no transport.

A resource's method returns an :class:`Operation`, made by :func:`request`; who sends it, and whether
that is awaited, is decided elsewhere.
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
    "perform",
    "request",
    "segment",
]

T = TypeVar("T")
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
_Decode = Callable[[bytes], T]


class Call(TypedDict, total=False):
    """What every call takes besides its own parameters.

    ``timeout``: the longest that this call may take, in seconds, its retries included; None: as long
    as it takes. By default the client's.
    """

    timeout: float | None


class PostCall(Call, total=False):
    """What a POST takes besides.

    ``idempotency_key``: calls with the same key are done once by the server (Svix: within 12 hours).
    Printable ASCII, not beginning with ``auto_``. By default a new one for each call.
    """

    idempotency_key: str


class Operation(NamedTuple, Generic[T]):
    """One call: what is sent where, and what the answer's body is turned into.

    ``path`` is percent-encoded; ``query`` holds values as they were given, None for "not given";
    ``body`` is what is sent as JSON, None for no body; ``decode`` makes the result of the answer's
    bytes and raises :class:`msgspec.DecodeError` where it cannot. ``headers`` are sent besides the
    client's. ``is_form``: whether the body, a mapping of texts, is sent as a form instead.
    ``is_repeatable``: whether doing it twice does it once, although its method does not say so.
    """

    method: Method
    path: str
    decode: _Decode[T]
    query: Mapping[str, object] = {}
    body: object = None
    headers: Mapping[str, str] = {}
    is_form: bool = False
    is_repeatable: bool = False


OperationSteps = Generator[Operation[Any], Any, T]
"""Several operations that are one call: each that is yielded is sent, and its result sent back, or the
:class:`APIError` thrown that came of it. See :func:`perform`."""


def perform(operation: Operation[T]) -> OperationSteps[T]:
    """``result = yield from perform(operation)``: one of several steps, with the type of its result."""
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
    """The operation whose path is the template with each ``{}`` replaced by an encoded segment.

    ``returns`` is the type of the answer's body; ``decode`` reads one that is more than a type can say.
    Without either the answer is not looked at. Raises TypeError or ValueError for a segment that cannot
    be one.
    """
    path = template.format(*map(segment, segments))
    if decode is None:
        decode = _nothing if returns is None else _decoder(returns)
    return Operation(method, path, decode, query, body)


def segment(value: object) -> str:
    """One path segment, percent-encoded, so that an id can never become another path.

    Raises TypeError for anything but str, and ValueError for an empty text, ``.`` and ``..``, which
    would name another resource.
    """
    if not isinstance(value, str):
        raise TypeError(f"id must be a str, not {type(value).__name__!r}")
    if value in {"", ".", ".."}:
        raise ValueError(f"id must not be {value!r}, which would address another resource")
    return quote(value, safe="")


def encode_body(operation: Operation[Any]) -> tuple[bytes | None, Mapping[str, str]]:
    """The body as it is sent, None for none, and the headers that go with it."""
    if operation.body is None:
        return None, operation.headers
    if operation.is_form:
        form = urlencode(cast("Mapping[str, str]", operation.body)).encode()
        return form, {**operation.headers, "content-type": "application/x-www-form-urlencoded"}
    content = msgspec.json.encode(operation.body)
    return content, {**operation.headers, "content-type": "application/json"}


def encode_query(query: Mapping[str, object]) -> str:
    """The query string, "" for none. What is None, or an empty collection, is left out.

    Booleans are ``true`` and ``false``, a datetime is RFC 3339 (a naive one is UTC), a collection is
    its key repeated, which is what OpenAPI means where it says nothing else.
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


@cache
def _decoder(returns: Hashable) -> _Decode[Any]:
    return msgspec.json.Decoder(returns).decode


def _nothing(body: bytes) -> None:
    """What is left of an answer that says nothing but that it is done."""
