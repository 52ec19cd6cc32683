"""Typed events out of verified deliveries: :mod:`svix`, :mod:`lithic`, :mod:`emporix`, :mod:`standard`.

::

    from webhook_verify.events import EventRouter, UnknownEvent, svix

    event = svix.parse(delivery)       # an EndpointDisabledEvent, ..., or an UnknownEvent

It needs the extra ``events``. :class:`EventTypes` does the same for events of your own;
:class:`EventRouter` hands each event to its handlers.
"""

from __future__ import annotations

# First and here, so that the advice does not depend on which module of the package is imported first.
try:
    import msgspec as msgspec
except ImportError as missing:
    raise ImportError(
        "typed events need the package msgspec: pip install 'webhook-verify[events]'"
    ) from missing

from webhook_verify.events.event_types import EventTypes
from webhook_verify.events.router import EventRouter
from webhook_verify.events.structs import Event
from webhook_verify.events.unknown import UnknownEvent

__all__ = ["Event", "EventRouter", "EventTypes", "UnknownEvent"]
