"""The checks of an adapter's arguments, when it is set up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from webhook_verify.receiver import AsyncReceiver, Receiver

__all__ = ["check_async_receiver", "check_blocking_receiver", "checked_paths"]


def check_async_receiver(receiver: object) -> None:
    """Raise TypeError unless it is an AsyncReceiver."""
    if not isinstance(receiver, AsyncReceiver):
        kind = type(receiver).__name__
        raise TypeError(f"receiver is an AsyncReceiver (same arguments as a Receiver), not {kind}")


def check_blocking_receiver(receiver: object, rule: str) -> None:
    """Raise TypeError with the rule and the type unless it is a Receiver."""
    if not isinstance(receiver, Receiver):
        raise TypeError(f"{rule} {type(receiver).__name__}")


def checked_paths(path: object) -> frozenset[str]:
    """Return one path, or several, as a set.

    Raises:
        TypeError: If `path` is neither a str nor an iterable.
        ValueError: If there is no path, or one that does not start with a slash.
    """
    several: Any = [path] if isinstance(path, str) else path
    if not isinstance(several, Iterable):
        raise TypeError(f"path is a str, or several, not {type(several).__name__}")
    paths = frozenset(cast("Iterable[object]", several))
    if not paths or not all(isinstance(one, str) and one.startswith("/") for one in paths):
        raise ValueError('path is a path that starts with "/", or several of them')
    return cast("frozenset[str]", paths)
