"""What every ``parse`` shares: what it takes, and the event of a type that is not known here."""

from __future__ import annotations

from typing import Any

from webhook_verify.delivery import Delivery
from webhook_verify.events.structs import Event
from webhook_verify.tracebacks import safe_repr

__all__ = ["UnknownEvent", "body_of"]


@safe_repr
class UnknownEvent(Event, frozen=True):
    """An event of a type that is newer than this library, or not registered. Never an error.

    ``type`` is the type as the payload has it, ``data`` its data as plain JSON values, and ``raw`` the
    bytes with everything.
    """

    type: str
    data: Any


def body_of(delivery: object) -> bytes:
    """The signed body of a delivery. Raises TypeError for anything else, such as a request."""
    if isinstance(delivery, Delivery):
        return delivery.signed_body
    raise TypeError(
        f"parse() takes a Delivery, which only a verifier makes; not {type(delivery).__name__}. "
        "For bytes that nobody has verified there is parse_unverified()"
    )
