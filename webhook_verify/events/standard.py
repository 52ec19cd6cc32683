"""The envelope of Standard Webhooks with ``type``, ``timestamp`` and ``data``, for your own event types.

```python
class InvoicePaid(Envelope[Invoice]):
    pass

types = EventTypes({"invoice.paid": InvoicePaid})
```

`parse` accepts an envelope of any type, and returns its data as plain JSON values. The fields are those of
the specification's section on payloads, except that ``timestamp`` may be missing.
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
    """An event with a `type`, a `timestamp` (timezone-aware, or None if it is missing) and `data`."""

    type: str
    timestamp: datetime | None = omitted()
    data: _D


_read = reader_of(Envelope[Any])


def parse(delivery: Delivery) -> Envelope[Any]:
    """Parse the envelope of a delivery.

    Args:
        delivery: The delivery.

    Returns:
        The envelope.

    Raises:
        TypeError: If `delivery` is not a `Delivery`.
        UnreadableEvent: If the payload is not an envelope.
    """
    return _parse(body_of(delivery))


def parse_unverified(body: bytes) -> Envelope[Any]:
    """Parse the envelope in unverified bytes, such as those of a test or an archive.

    Args:
        body: The payload as bytes.

    Returns:
        The envelope.

    Raises:
        TypeError: If `body` is not bytes-like.
        UnreadableEvent: If the payload is not an envelope.
    """
    return _parse(as_bytes(body))


def _parse(body: bytes) -> Envelope[Any]:
    envelope: Envelope[Any] = _read(body)
    return attach_raw(envelope, body)
