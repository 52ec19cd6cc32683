"""The keys through which adapters in one request cooperate.

``SettlingMiddleware`` puts a list into the environ or the scope. Adapters inside add the functions that
settle their claims to that list, and the middleware calls them with the status of the final response.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webhook_verify.delivery import Delivery
from webhook_verify.receiver.receivers import _AwaitedReceiver

__all__ = ["SETTLEMENTS", "VERIFIED", "Settle", "delivery_from_outside"]

SETTLEMENTS = "webhook_verify.settlements"
"""Key of the list: of functions in a WSGI environ, of coroutine functions in an ASGI scope."""

VERIFIED = "webhook_verify.verified"
"""Key of the receiver of an outer adapter and of the delivery that it has verified."""

Settle = Callable[[int | None], Any]
"""Settles a claim by the status of the response, None for failed work."""


def delivery_from_outside(environ: Mapping[str, Any], receiver: object) -> Delivery | None:
    """Return the delivery that an outer adapter has verified with the same receiver, None without one."""
    verified = environ.get(VERIFIED)
    own = receiver.awaited if isinstance(receiver, _AwaitedReceiver) else receiver
    return verified[1] if verified is not None and verified[0] is own else None
