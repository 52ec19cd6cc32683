"""Bodies as a provider would write them: with an id of their own, and signed when they say that they are.

Where a scheme finds the id or the timestamp in the JSON, a payload of a test has none, or always the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, cast
from uuid import uuid4

from webhook_verify.schemes import Scheme

__all__ = ["dated", "fresh"]

_BLANKS = b" \t\n\r"  # RFC 8259, section 2


def dated(body: bytes, scheme: Scheme, timestamp: int) -> bytes:
    """The body with this timestamp, in Unix seconds, where the scheme finds it in the JSON; else as it is."""
    from webhook_verify.schemes import HeaderScheme  # here, because most services need none of the rows

    if not (isinstance(scheme, HeaderScheme) and scheme.timestamp_in_body):
        return body
    text = scheme.timestamp_unit[1](timestamp)
    return _with(body, scheme.timestamp_in_body, lambda old: text if isinstance(old, str) else _number(text))


def fresh(body: bytes, scheme: Scheme) -> bytes:
    """The body as of another message, for a scheme that knows messages by their body and by no signed header.

    JSON gets another id where the scheme finds it, and 64 blanks at its end that no other has. The rest, and
    what is no JSON, stays as it is.
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
    return body + bytes(_BLANKS[bits >> shift & 3] for shift in range(0, 128, 2))


def _another_id(old: object) -> object:
    return uuid4().int >> 80 if type(old) is int else f"msg_{uuid4().hex}"


def _number(text: str) -> object:
    return int(text) if text.isdigit() else text


def _with(body: bytes, path: str, make: Callable[[object], object]) -> bytes:
    """The JSON with another value at this path, made of the old one; as it is where there is no such place.

    The blanks at its end stay.
    """
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
    blanks = body[len(body.rstrip(_BLANKS)) :]
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + blanks


def _inside(place: object, name: str) -> list[Any]:
    if name == "*":
        return [*cast("Iterable[Any]", place)] if isinstance(place, list) else []
    held = cast("dict[str, Any]", place) if isinstance(place, dict) else {}
    return [held[name]] if name in held else []
