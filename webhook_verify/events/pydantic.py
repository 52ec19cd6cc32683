"""Events that are Pydantic models or dataclasses. Imported with the first of them, never before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from webhook_verify.errors import UnreadableEvent

__all__ = ["reader_of"]


def reader_of(cls: type[Any]) -> Callable[[bytes], Any]:
    """As :func:`webhook_verify.events.decoding.reader_of`, for a Pydantic class."""
    validate = TypeAdapter(cls).validate_json

    def read(body: bytes) -> Any:
        try:
            return validate(body)
        except ValidationError as error:
            failure = _unreadable(error)
        except RecursionError:
            failure = UnreadableEvent("the payload is nested too deeply")
        raise failure  # here, because the original error holds the payload

    return read


def _unreadable(error: ValidationError) -> UnreadableEvent:
    """The first of the failures, by its type: the message may hold a value."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path = ""
    for step in first["loc"]:
        # What cannot be the name of a field is a key of the payload, such as an address.
        is_name = str(step).replace("-", "_").isidentifier()
        path += f".{step}" if is_name else f"[{step}]" if isinstance(step, int) else "[...]"
    detail = "is missing" if first["type"] == "missing" else f"is not valid: {first['type']}"
    return UnreadableEvent(detail, path.lstrip("."))
