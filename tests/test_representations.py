"""`repr` and `str` of an object whose constructor has not run do not raise: tracebacks call them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import webhook_verify

# Models of Django and the command's own classes are not constructed by users.
_PRIVATE = ("webhook_verify.cli", "webhook_verify.inbox.django", "webhook_verify.replay.django")


def public_classes() -> Iterator[type]:
    seen: set[type] = set()
    for found in pkgutil.walk_packages(webhook_verify.__path__, "webhook_verify."):
        if found.name.startswith(_PRIVATE):
            continue
        module = importlib.import_module(found.name)
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            if inspect.isclass(value) and value.__module__.startswith("webhook_verify") and value not in seen:
                seen.add(value)
                yield value


def half_made(cls: type) -> object | None:
    """An object without attributes; None for a class that cannot have one, such as a NamedTuple."""
    try:
        return cls.__new__(cls) if issubclass(cls, BaseException) else object.__new__(cls)
    except TypeError:
        return None


def test_no_representation_raises() -> None:
    objects = {cls.__qualname__: value for cls in public_classes() if (value := half_made(cls)) is not None}
    failed: dict[str, str] = {}
    for name, value in objects.items():
        for show in (repr, str):
            try:
                assert show(value) or issubclass(type(value), BaseException)
            except Exception as error:
                failed[f"{show.__name__} of {name}"] = type(error).__name__
    assert failed == {}
    assert {"Verifier", "Signer", "Secret", "Delivery", "ReplayGuard", "Svix", "HeaderScheme"} <= set(objects)
