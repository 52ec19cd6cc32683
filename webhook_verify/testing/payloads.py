"""Test bodies with a unique id and a current timestamp, for schemes that read these from the JSON.

The payload of a test usually lacks them, or has the same ones each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, cast
from uuid import uuid4

from webhook_verify.schemes import Scheme

__all__ = ["dated", "fresh"]

_WHITESPACE = b" \t\n\r"  # RFC 8259, section 2


def dated(body: bytes, scheme: Scheme, timestamp: int) -> bytes:
    """Set the timestamp in a body.

    Args:
        body: A body, usually JSON.
        scheme: The scheme that signs it.
        timestamp: Unix seconds.

    Returns:
        The changed body, or `body` if the scheme does not read a timestamp from it.
    """
    from webhook_verify.schemes import HeaderScheme  # Imported here, because most services do not need it.

    if not (isinstance(scheme, HeaderScheme) and scheme.timestamp_in_body):
        return body
    text = scheme.timestamp_unit[1](timestamp)
    return _with(body, scheme.timestamp_in_body, lambda old: text if isinstance(old, str) else _number(text))


def fresh(body: bytes, scheme: Scheme) -> bytes:
    """Make a body unique, for schemes that identify messages by their body.

    JSON gets a new id, if the scheme reads one, and 64 characters of unique trailing whitespace.

    Args:
        body: A body, usually JSON.
        scheme: The scheme that signs it.

    Returns:
        The changed body, or `body` if it is not JSON or the scheme signs a message id.
    """
    if scheme.signs_id:
        return body
    path = getattr(scheme, "id_in_body", "")
    if isinstance(path, str) and path:
        body = _with(body, path, _another_id)
    try:
        json.loads(body)
    except ValueError:
        return body
    bits = uuid4().int
    return body + bytes(_WHITESPACE[bits >> shift & 3] for shift in range(0, 128, 2))


def _another_id(old: object) -> object:
    return uuid4().int >> 80 if type(old) is int else f"msg_{uuid4().hex}"


def _number(text: str) -> object:
    return int(text) if text.isdigit() else text


def _with(body: bytes, path: str, make: Callable[[object], object]) -> bytes:
    """Replace the value at a path in JSON, if the path exists, and keep the trailing whitespace."""
    try:
        value = json.loads(body)
    except ValueError:
        return body
    *way, last = path.split(".")
    places: list[Any] = [value]
    for name in way:
        places = [inner for place in places for inner in _inside(place, name)]
    objects = [cast("dict[str, object]", place) for place in places if isinstance(place, dict)]
    if not objects or last == "*":
        return body
    for place in objects:
        place[last] = make(place.get(last))
    whitespace = body[len(body.rstrip(_WHITESPACE)) :]
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + whitespace


def _inside(place: object, name: str) -> list[Any]:
    if name == "*":
        return [*cast("Iterable[Any]", place)] if isinstance(place, list) else []
    held = cast("dict[str, Any]", place) if isinstance(place, dict) else {}
    return [held[name]] if name in held else []
