"""The place where an outer middleware collects the claims that are settled after it has seen the response.

``SettlingMiddleware`` of :mod:`webhook_verify.adapters.wsgi` and :mod:`webhook_verify.adapters.asgi` puts a
list into the environ or the scope. The adapters inside put the functions that settle their claims there,
instead of calling them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webhook_verify.delivery import Delivery
from webhook_verify.receiver.receivers import _AwaitedReceiver

__all__ = ["SETTLEMENTS", "VERIFIED", "Settle", "delivery_from_outside"]

SETTLEMENTS = "webhook_verify.settlements"
"""Key of the list, in a WSGI environ for plain functions, in an ASGI scope for coroutine functions."""

VERIFIED = "webhook_verify.verified"
"""Key of the receiver and the delivery that an outer adapter has verified, in an environ or a scope."""

Settle = Callable[[int | None], Any]
"""Settles a claim by the status of the response, or by None if the work has failed."""


def delivery_from_outside(environ: Mapping[str, Any], receiver: object) -> Delivery | None:
    """Return the delivery that an outer adapter has verified by the same receiver, None without one.

    Args:
        environ: The WSGI environ or the ASGI scope.
        receiver: The receiver of the view inside.
    """
    verified = environ.get(VERIFIED)
    own = receiver.awaited if isinstance(receiver, _AwaitedReceiver) else receiver
    return verified[1] if verified is not None and verified[0] is own else None
