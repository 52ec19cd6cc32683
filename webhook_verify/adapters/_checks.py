"""Checks of an adapter's arguments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from webhook_verify.http import checked_methods
from webhook_verify.receiver import AsyncReceiver, Receiver

__all__ = ["check_async_receiver", "check_blocking_receiver", "checked_pass_methods", "checked_paths"]


def check_async_receiver(receiver: object) -> None:
    """Raise TypeError unless it is an AsyncReceiver."""
    if not isinstance(receiver, AsyncReceiver):
        kind = type(receiver).__name__
        raise TypeError(
            f"receiver must be an AsyncReceiver (it takes the arguments of a Receiver), not {kind!r}"
        )


def check_blocking_receiver(receiver: object, rule: str) -> None:
    """Raise TypeError with the rule and the type unless it is a Receiver."""
    if not isinstance(receiver, Receiver):
        raise TypeError(f"{rule}, not {type(receiver).__name__!r}")


def checked_pass_methods(methods: object, receiver: Receiver | AsyncReceiver) -> frozenset[str]:
    """Return the methods that pass through without a delivery.

    Raises:
        TypeError: If `methods` is a str or not an iterable.
        ValueError: If a method is not in upper case, or is a method of deliveries.
    """
    several = checked_methods(methods, "pass_methods")
    if both := [method for method in several if method in receiver.methods]:
        raise ValueError(
            f"pass_methods must not contain {both[0]}, which is a method of the receiver's deliveries"
        )
    return frozenset(several)


def checked_paths(path: object) -> frozenset[str]:
    """Return one path, or several, as a set.

    Raises:
        TypeError: If `path` is neither a str nor an iterable.
        ValueError: If `path` is empty, or a path does not start with a slash.
    """
    several: Any = [path] if isinstance(path, str) else path
    if not isinstance(several, Iterable):
        raise TypeError(f"path must be a str or an iterable of str, not {type(several).__name__!r}")
    paths = frozenset(cast("Iterable[object]", several))
    if not paths or not all(isinstance(one, str) and one.startswith("/") for one in paths):
        raise ValueError('path must be one or more paths that start with "/", such as "/webhooks/svix"')
    return cast("frozenset[str]", paths)
