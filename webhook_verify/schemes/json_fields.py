"""Fields of a signed JSON body, by path. They are read after the signature has been verified."""

from __future__ import annotations

import json

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any

__all__ = ["strings_at"]

_MAX_VALUES = 1_000
_MAX_STRING_CHARS = 256


def strings_at(body: bytes, path: str) -> list[str]:
    """Return the strings and integers at a path. Never raises.

    Args:
        body: The signed body.
        path: The path, such as `data.id`. `*` matches each item of a list.

    Returns:
        The values as text. Empty if the body is not JSON, or one value is missing or has another type.
    """
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return []
    values: list[Any] = [value]
    for step in path.split("."):
        values = _list_values(values) if step == "*" else [_field_value(value, step) for value in values]
    texts = [_text(value) for value in values]
    return texts if all(texts) else []


def _list_values(lists: list[Any]) -> list[Any]:
    values: list[Any] = [value for items in lists if items.__class__ is list for value in items]
    return values if len(values) <= _MAX_VALUES else [None]


def _field_value(value: Any, name: str) -> Any:
    return value.get(name) if value.__class__ is dict else None


def _text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if value.bit_length() < 512 else ""
    return value if isinstance(value, str) and len(value) <= _MAX_STRING_CHARS and not value.isspace() else ""
