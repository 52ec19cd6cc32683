"""The option of a scheme that names fields in a JSON body by path."""

from __future__ import annotations

from collections.abc import Iterable

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import TypeGuard

__all__ = ["body_paths"]


def body_paths(value: object, what: str) -> tuple[str, ...]:
    """Normalize a path in the body, or several paths.

    Args:
        value: One path or an iterable of paths. "" means none.
        what: The parameter's name, for errors.

    Returns:
        The paths.

    Raises:
        TypeError: If `value` is neither a string nor an iterable of strings.
        ValueError: If a path is empty, or has an empty step.
    """
    listed: tuple[object, ...] = (value,) if value else ()
    if _is_iterable(value) and not isinstance(value, str):
        listed = tuple(value)
    paths: list[str] = []
    for path in listed:
        if not isinstance(path, str):
            raise TypeError(f"{what} must be a path (a str), or several; not {type(path).__name__!r}")
        if not all(path.split(".")):
            raise ValueError(f"{what} must be a path of names or *, joined with dots")
        paths.append(path)
    return tuple(paths)


def _is_iterable(value: object) -> TypeGuard[Iterable[object]]:
    return isinstance(value, Iterable)
