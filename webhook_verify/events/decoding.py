"""From bytes to an object of a class, with :class:`UnreadableEvent` as the only error.

msgspec reads structs, dataclasses and attrs classes. Pydantic's own classes are read by Pydantic, whose
module is imported with the first of them. An error names the place, and holds no value of the payload.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast, get_origin

import msgspec

from webhook_verify.errors import UnreadableEvent

__all__ = ["FAILURES", "read_json", "reader_of", "unreadable"]

FAILURES = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that it cannot read."""

_MESSAGE = re.compile(r"(?P<text>.*?)( - at (`\w+` in )?`\$\.?(?P<path>[^`]*)`)?", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<field>.*)`")


def reader_of(cls: type[Any]) -> Callable[[bytes], Any]:
    """A function that reads bytes as a ``cls``, and raises :class:`UnreadableEvent`.

    Raises TypeError for a class that cannot be read from JSON.
    """
    if hasattr(cls, "__pydantic_validator__"):
        from webhook_verify.events import pydantic

        return pydantic.reader_of(cls)
    if not _is_readable(get_origin(cls) or cls):
        raise TypeError(
            f"an event is a msgspec struct, a dataclass or a Pydantic model, which {cls!r} is not"
        )
    return _reader(msgspec.json.Decoder(cls).decode)


def _reader(decode: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def read(body: bytes) -> Any:
        try:
            return decode(body)
        except FAILURES as error:
            failure = unreadable(error)
        raise failure  # here, because the original error must not be its context: it may hold a value

    return read


read_json: Callable[[bytes], Any] = _reader(msgspec.json.Decoder().decode)
"""Reads bytes as plain JSON values. Raises :class:`UnreadableEvent`."""


def unreadable(error: Exception) -> UnreadableEvent:
    """What one of the :data:`FAILURES` says, without any value of the payload."""
    if isinstance(error, RecursionError):
        return UnreadableEvent("the payload is nested too deeply")
    if isinstance(error, UnicodeDecodeError):
        return UnreadableEvent("the payload is not UTF-8")
    if not isinstance(error, msgspec.ValidationError):
        return UnreadableEvent(f"the payload is not JSON: {error}")
    message = _MESSAGE.fullmatch(str(error))
    text, path = (message["text"], message["path"] or "") if message else ("", "")
    if missing := _MISSING.fullmatch(text):
        return UnreadableEvent("is missing", f"{path}.{missing['field']}".lstrip("."))
    return UnreadableEvent(_expectation(error, text), path)


def _expectation(error: Exception, text: str) -> str:
    # Of what a check of the user's own says, and of an enumeration's "Invalid enum value 'x'", nothing
    # is passed on: it may hold a value.
    if error.__cause__ is None and (text.startswith("Expected ") or text in _SAFE_MESSAGES):
        return text[0].lower() + text[1:]
    return "the value is not valid"


_SAFE_MESSAGES = {"Integer value out of range", "Number out of range", "Invalid RFC3339 encoded datetime"}


def _is_readable(cls: object) -> bool:
    marks = ("__struct_fields__", "__dataclass_fields__", "__attrs_attrs__")
    return isinstance(cls, type) and any(hasattr(cast("object", cls), mark) for mark in marks)
