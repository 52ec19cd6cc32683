"""What the servers are told to serve: an app of ``integrations/`` as it stands, except for two things.

Its ``handle`` first notes that it ran, and does as the event tells it, if that tells anything. And where the
app makes its Verifier from one secret, it gets the keys of a rotation: two HMAC keys and an Ed25519 key.
"""

from __future__ import annotations

import importlib.util
import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from webhook_verify import Delivery, Verifier

INTEGRATIONS = Path(__file__).parents[2] / "integrations"
APP = "CONTRACT_APP"
ATTRIBUTE = "CONTRACT_ATTRIBUTE"
KEYS = "CONTRACT_KEYS"
HANDLED = "CONTRACT_HANDLED"


class HandlerFailed(Exception):
    """What the handler raises when the event says so."""


def obey(delivery: Delivery) -> int | None:
    """The status that the event asks for, None for the app's own; notes its id first."""
    with Path(os.environ[HANDLED]).open("a") as handled:
        handled.write(f"{delivery.id}\n")
    if b'"raise"' in delivery.body:
        raise HandlerFailed
    if b'"fail"' in delivery.body:
        return 500
    return 204 if b'"no_content"' in delivery.body else None


def obeying(own: Callable[[Delivery], Any]) -> Callable[[Delivery], Any]:
    """The app's own handler, behind that."""
    if not inspect.iscoroutinefunction(own):
        return lambda delivery: obey(delivery) or own(delivery)

    async def awaited(delivery: Delivery) -> int:
        return obey(delivery) or await own(delivery)

    return awaited


def rotate() -> None:
    """Let every Verifier that is made of WEBHOOK_SECRET verify with all keys of the contract."""
    make: Callable[..., None] = Verifier.__init__
    secret, keys = os.environ["WEBHOOK_SECRET"], os.environ[KEYS].split()

    def with_all_keys(self: Verifier, given: Any, **options: Any) -> None:
        make(self, keys if given in (secret, [secret]) else given, **options)

    Verifier.__init__ = with_all_keys  # type: ignore[method-assign, assignment]


def load(directory: Path) -> ModuleType:
    """The app's module, whose handler obeys."""
    spec = importlib.util.spec_from_file_location("app", directory / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["app"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.handle = obeying(module.handle)  # type: ignore[attr-defined]
    return module


if APP in os.environ:
    rotate()
    app = getattr(load(INTEGRATIONS / os.environ[APP]), os.environ[ATTRIBUTE])
