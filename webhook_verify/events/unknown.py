"""Shared parts of every ``parse``: the check of its argument, and the events for types without a class."""

from __future__ import annotations

from typing import Any

from webhook_verify.delivery import Delivery
from webhook_verify.events.structs import Event
from webhook_verify.tracebacks import safe_repr

__all__ = ["UnknownEvent", "UntypedEvent", "body_of"]


@safe_repr
class UnknownEvent(Event, frozen=True):
    """An event of a type that is newer than this library, or not registered. This is not an error.

    `type` is the type in the payload, `data` its data as plain JSON values, and `raw` the whole payload as
    bytes.
    """

    type: str
    data: Any


@safe_repr
class UntypedEvent(Event, frozen=True):
    """An event of a type without a class, for the handlers that a router has registered by this type.

    The attributes are those of an `UnknownEvent`. Only an `EventRouter` makes it.
    """

    type: str
    data: Any


def body_of(delivery: object) -> bytes:
    """Return the JSON text in the signed body of a delivery.

    Args:
        delivery: The delivery.

    Returns:
        The JSON text: the signed body, or the field of a form that the scheme names.

    Raises:
        TypeError: If the argument is anything else, such as a request.
        UnreadableEvent: If a form has that field several times.
    """
    if isinstance(delivery, Delivery):
        return delivery.json_body
    raise TypeError(
        f"delivery must be a Delivery, which only a verifier makes, not {type(delivery).__name__!r}. For "
        "unverified bytes use parse_unverified()"
    )
