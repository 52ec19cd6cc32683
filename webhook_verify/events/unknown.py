"""Shared parts of every ``parse``: the check of its argument, and the event for an unknown type."""

from __future__ import annotations

from typing import Any

from webhook_verify.delivery import Delivery
from webhook_verify.events.structs import Event
from webhook_verify.tracebacks import safe_repr

__all__ = ["UnknownEvent", "body_of"]


@safe_repr
class UnknownEvent(Event, frozen=True):
    """An event of a type that is newer than this library, or not registered. This is not an error.

    `type` is the type in the payload, `data` its data as plain JSON values, and `raw` the whole payload as
    bytes.
    """

    type: str
    data: Any


def body_of(delivery: object) -> bytes:
    """Return the signed body of a delivery.

    Args:
        delivery: The delivery.

    Returns:
        The signed body.

    Raises:
        TypeError: If the argument is anything else, such as a request.
    """
    if isinstance(delivery, Delivery):
        return delivery.signed_body
    raise TypeError(
        f"delivery must be a Delivery, which only a verifier makes, not {type(delivery).__name__!r}. For "
        "unverified bytes use parse_unverified()"
    )
