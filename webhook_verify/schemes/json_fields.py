"""One field out of a signed JSON body, by its path. It is read after the signature has matched."""

from __future__ import annotations

import json

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import Any

__all__ = ["strings_at"]

_MAX_VALUES = 1_000
_MAX_STRING_CHARS = 256  # characters of one text


def strings_at(body: bytes, path: str) -> list[str]:
    """The texts and whole numbers at ``path``, such as ``data.id``; ``*`` stands for each of a list.

    ``[]`` if the body is no JSON, or one of them is missing, or of another kind. Raises nothing.
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
