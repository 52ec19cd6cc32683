"""The envelope of Standard Webhooks, for event types of your own: ``type``, ``timestamp`` and ``data``.

::

    class InvoicePaid(Envelope[Invoice]):
        pass

    types = EventTypes({"invoice.paid": InvoicePaid})

:func:`parse` reads an envelope of any type, with its data as plain JSON values. The members are those of
the specification's section on payloads; a ``timestamp`` may be missing here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar

from webhook_verify.body import as_bytes
from webhook_verify.delivery import Delivery
from webhook_verify.events.decoding import reader_of
from webhook_verify.events.structs import Event, attach_raw, omitted, with_defaults
from webhook_verify.events.unknown import UnknownEvent, body_of

__all__ = ["Envelope", "UnknownEvent", "parse", "parse_unverified"]

_D = TypeVar("_D")


@with_defaults()
class Envelope(Event, Generic[_D], frozen=True, kw_only=True):
    """An event of the type ``type`` that happened at ``timestamp`` (aware, or None if it does not say)."""

    type: str
    timestamp: datetime | None = omitted()
    data: _D


_read = reader_of(Envelope[Any])


def parse(delivery: Delivery) -> Envelope[Any]:
    """The envelope in a delivery. Raises :class:`UnreadableEvent` for what is none."""
    return _parse(body_of(delivery))


def parse_unverified(body: bytes) -> Envelope[Any]:
    """As :func:`parse`, for bytes that nobody has verified, such as those of a test or an archive."""
    return _parse(as_bytes(body))


def _parse(body: bytes) -> Envelope[Any]:
    envelope: Envelope[Any] = _read(body)
    return attach_raw(envelope, body)
