"""Fields of a signed JSON body, by path. They are read after the signature has been verified."""

from __future__ import annotations

import json
from collections.abc import Sequence

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any

__all__ = ["event_type_at", "strings_at", "strings_in"]

_MAX_VALUES = 1_000
_MAX_STRING_CHARS = 256


def strings_at(body: bytes, path: str) -> list[str]:
    """Return the strings and integers at a path. Never raises.

    Args:
        body: The signed body.
        path: The path, such as `data.id`. `*` matches each item of a list, and `json()` is the value of a
            string that contains JSON.

    Returns:
        The values as text. Empty if the body is not JSON, or one value is missing or has another type.
    """
    return strings_in(_parse(body), path)


def strings_in(value: object, path: str) -> list[str]:
    """Return the strings and integers at a path of a parsed body. Never raises.

    Args:
        value: The JSON value.
        path: The path, as for `strings_at`.

    Returns:
        The values as text. Empty if one value is missing or has another type.
    """
    return _texts(_values_at(value, path), int)


def event_type_at(body: bytes, paths: Sequence[str]) -> str | None:
    """Return the event type at the first path that exists in a body. Never raises.

    Args:
        body: The JSON text.
        paths: The paths, as for `strings_at`; or `form:` and the name of a field, if the body is a form.

    Returns:
        The event type. None if no path exists, the body contains events of different types, or the type
        contains a control character or a lone surrogate.
    """
    value = _parse(body)
    for path in paths:
        values = _form_values(body, path[5:]) if path.startswith("form:") else _values_at(value, path)
        if event_types := {*_texts(values, str)}:
            event_type = event_types.pop()
            return None if event_types or not event_type.isprintable() else event_type
    return None


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _form_values(body: bytes, name: str) -> list[Any]:
    from webhook_verify.form import form_pairs  # here, because few providers send forms

    return [value for field, value in form_pairs(body) or () if field == name]


def _values_at(value: Any, path: str) -> list[Any]:
    values: list[Any] = [value]
    for step in path.split("."):
        if step == "*":
            values = _list_values(values)
        elif step == "json()":
            values = [
                _parse(each.encode("utf-8", "replace")) if each.__class__ is str else each for each in values
            ]
        else:
            values = [_field_value(value, step) for value in values]
    return values


def _list_values(lists: list[Any]) -> list[Any]:
    values: list[Any] = [value for items in lists if items.__class__ is list for value in items]
    return values if len(values) <= _MAX_VALUES else [None]


def _field_value(value: Any, name: str) -> Any:
    return value.get(name) if value.__class__ is dict else None


def _texts(values: list[Any], number: type) -> list[str]:
    """Return the values as text, or nothing if one is neither a string nor of the type `number`."""
    texts = [_text(value) if isinstance(value, str | number) else "" for value in values]
    return texts if all(texts) else []


def _text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if value.bit_length() < 512 else ""
    return value if isinstance(value, str) and len(value) <= _MAX_STRING_CHARS and not value.isspace() else ""
