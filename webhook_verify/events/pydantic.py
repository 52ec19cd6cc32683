"""Decoding of events that are Pydantic models or dataclasses. Imported with the first such class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from webhook_verify.errors import UnreadableEvent

__all__ = ["reader_of"]


def reader_of(cls: type[Any]) -> Callable[[bytes], Any]:
    """Return a function that decodes JSON bytes into a Pydantic class.

    Args:
        cls: A Pydantic model or dataclass.

    Returns:
        A function that decodes bytes, and raises `UnreadableEvent` if they do not match the class.
    """
    validate = TypeAdapter(cls).validate_json

    def read(body: bytes) -> Any:
        try:
            return validate(body)
        except ValidationError as error:
            failure = _unreadable(error)
        except RecursionError:
            failure = UnreadableEvent("the payload is nested too deeply")
        raise failure  # here, because the original error contains the payload and must not be its context

    return read


def _unreadable(error: ValidationError) -> UnreadableEvent:
    """Return the first error, with its type only, because its message may contain a value."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path = ""
    for step in first["loc"]:
        # A step that is not a valid field name is a key of the payload, such as an email address.
        is_name = str(step).replace("-", "_").isidentifier()
        path += f".{step}" if is_name else f"[{step}]" if isinstance(step, int) else "[...]"
    detail = "is missing" if first["type"] == "missing" else f"is not valid: {first['type']}"
    return UnreadableEvent(detail, path.lstrip("."))
