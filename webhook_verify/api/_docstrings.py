"""Sections of an operation's docstring that follow from its declaration.

A declaration may have a docstring of one line. Its arguments, result and errors are then described by their
names and types.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

__all__ = ["with_sections"]

_OPTIONS = {
    "timeout": "`timeout` in seconds",
    "limit": "`limit` items per page",
}
_FILTERS = {
    "since": "Start of the period. Without a timezone it is UTC.",
    "until": "End of the period. Without a timezone it is UTC.",
    "after": "Only items after this time. Without a timezone it is UTC.",
    "expunge": "Whether to delete it entirely instead of archiving it.",
    "offset": "`offset` of the last processed message.",
    "include_archived": "Whether to include archived items.",
}


def with_sections(declare: Callable[..., Any]) -> str | None:
    """Return the docstring of a declaration, with the sections `Args`, `Returns` and `Raises`.

    Args:
        declare: The declaration. A docstring of several lines is returned unchanged.

    Returns:
        The docstring; None without one.
    """
    text = declare.__doc__
    if text is None or "\n" in text:
        return text
    hints = get_type_hints(declare)
    names = [name for name in inspect.signature(declare).parameters if name not in {"self", "call"}]
    ids = [name for name in names if hints[name] is str]
    (options,) = get_args(hints["call"])
    returned = get_args(hints["return"])[-1]
    listed = ", ".join(_OPTIONS.get(name, f"`{name}`") for name in options.__annotations__)
    lines = ["Args:", *(f"    {name}: {_argument(name, hints[name])}" for name in names)]
    lines += [f"    **call: {listed}.", "", "Returns:", f"    {_result(returned)}", "", "Raises:"]
    lines.append("    APIError: If a request fails after its retries.")
    if ids:
        lines.append(f"    ValueError: If {' or '.join(f'`{name}`' for name in ids)} is empty, `.` or `..`.")
    return "\n".join([text, "", *lines])


def _argument(name: str, hint: Any) -> str:
    if name in _FILTERS:
        return _FILTERS[name]
    if hint is str:
        return f"Identifier of the {name.removesuffix('_id').replace('_', ' ')}."
    kinds = [each for each in get_args(hint) or [hint] if each is not NoneType]
    optional = "" if len(kinds) == len(get_args(hint) or [hint]) else " Optional."
    if isinstance(kinds[0], type) and issubclass(kinds[0], msgspec.Struct):
        return f"{_summary(kinds[0])}{optional}"
    return f"Only items with this `{name}`."


def _result(returned: Any) -> str:
    if returned is NoneType:
        return "None once the server has accepted the request."
    if isinstance(returned, UnionType):
        return " Or: ".join(map(_summary, get_args(returned)))
    if get_origin(returned) is not None:
        return f"Pages of `{get_args(returned)[0].__name__}`; iterate to read all of them."
    return _summary(returned)


def _summary(kind: type) -> str:
    return (kind.__doc__ or "").partition("\n")[0]
