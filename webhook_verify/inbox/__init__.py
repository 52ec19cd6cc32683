"""The inbox: a delivery is stored before it is acknowledged, and then processed with retries.

`entries` has the rows, `store` the calls of a store. `handoff` gives deliveries to a queue engine instead,
and `engines` has a module for each engine. Nothing here verifies a delivery.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from webhook_verify.inbox.handoff import Handoff

__all__ = ["Handoff"]

# Imported on first use, because a receiver imports this package for the rows.
_LAZY = {"Handoff": "handoff"}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
