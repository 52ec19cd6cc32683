"""Decoding of JSON bytes into an object of a class, with `UnreadableEvent` as the only error.

msgspec decodes structs, dataclasses and attrs classes. Pydantic decodes its own classes, and is imported with
the first such class. An error contains the path of the invalid value, but no value of the payload.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast, get_origin

import msgspec

from webhook_verify.errors import UnreadableEvent

__all__ = ["FAILURES", "read_json", "reader_of", "unreadable"]

FAILURES = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""The exceptions that msgspec raises for bytes that it cannot decode."""

_MESSAGE = re.compile(r"(?P<text>.*?)( - at (`\w+` in )?`\$\.?(?P<path>[^`]*)`)?", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<field>.*)`")


def reader_of(cls: type[Any]) -> Callable[[bytes], Any]:
    """Return a function that decodes JSON bytes into a class.

    Args:
        cls: A msgspec struct, a dataclass, an attrs class, or a Pydantic model or dataclass.

    Returns:
        A function that decodes bytes, and raises `UnreadableEvent` if they do not match the class.

    Raises:
        TypeError: If the class cannot be decoded from JSON.
    """
    if hasattr(cls, "__pydantic_validator__"):
        from webhook_verify.events import pydantic

        return pydantic.reader_of(cls)
    if not _is_readable(get_origin(cls) or cls):
        raise TypeError(
            "an event class must be a msgspec struct, a dataclass, an attrs class or a Pydantic model, not "
            f"{cls!r}"
        )
    return _reader(msgspec.json.Decoder(cls).decode)


def _reader(decode: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def read(body: bytes) -> Any:
        try:
            return decode(body)
        except FAILURES as error:
            failure = unreadable(error)
        raise failure  # here, because the original error may contain a value and must not be its context

    return read


read_json: Callable[[bytes], Any] = _reader(msgspec.json.Decoder().decode)
"""A function that decodes bytes into plain JSON values, and raises `UnreadableEvent` if they are not JSON."""


def unreadable(error: Exception) -> UnreadableEvent:
    """Return the `UnreadableEvent` for a decoding error, without any value of the payload.

    Args:
        error: One of the `FAILURES`.

    Returns:
        The error to raise.
    """
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
    # The messages of the user's own checks, and "Invalid enum value 'x'", are not passed on, because they may
    # contain a value of the payload.
    if error.__cause__ is None and (text.startswith("Expected ") or text in _SAFE_MESSAGES):
        return text[0].lower() + text[1:]
    return "the value is not valid"


_SAFE_MESSAGES = {"Integer value out of range", "Number out of range", "Invalid RFC3339 encoded datetime"}


def _is_readable(cls: object) -> bool:
    marks = ("__struct_fields__", "__dataclass_fields__", "__attrs_attrs__")
    return isinstance(cls, type) and any(hasattr(cast("object", cls), mark) for mark in marks)
