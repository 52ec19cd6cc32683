"""What every event has in common, and the event of a type that is not known here."""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec.structs import force_setattr

from webhook_verify.delivery import Delivery
from webhook_verify.events.wire import WireStruct

__all__ = ["Event", "UnknownEvent", "body_of", "keep_raw"]


class _Kept:
    # A plain slot beside the struct's fields: what it holds is neither encoded nor compared.
    __slots__ = ("_raw",)

    _raw: bytes


class Event(_Kept, WireStruct, frozen=True):
    """The base of the events of this package: a frozen msgspec struct that remembers its bytes."""

    @property
    def raw(self) -> bytes:
        """The exact bytes that were parsed; ``b""`` for an event that was made or copied."""
        return getattr(self, "_raw", b"")


class UnknownEvent(Event, frozen=True):
    """An event of a type that is newer than this library, or not registered. Never an error.

    ``type`` is the type as the payload has it, ``data`` its data as plain JSON values, and ``raw`` the
    bytes with everything.
    """

    type: str
    data: Any


_E = TypeVar("_E", bound=Event)


def keep_raw(event: _E, body: bytes) -> _E:
    """The event, with the bytes it was parsed from."""
    force_setattr(event, "_raw", body)
    return event


def body_of(delivery: object) -> bytes:
    """The bytes of a delivery. Raises TypeError for anything else, such as a request that has a body too."""
    if isinstance(delivery, Delivery):
        return delivery.body
    raise TypeError(
        f"parse() takes a Delivery, which only a verifier makes; not {type(delivery).__name__}. "
        "For bytes that nobody has verified there is parse_unverified()"
    )
