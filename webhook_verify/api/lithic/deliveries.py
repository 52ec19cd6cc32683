"""Deliveries of the items of `lithic.events.list`, for `Inbox.backfill`."""

from __future__ import annotations

from webhook_verify.api._deliveries import listed_delivery
from webhook_verify.api.lithic.models import Event
from webhook_verify.delivery import Delivery

__all__ = ["delivery_from_event"]


def delivery_from_event(event: Event, *, scheme: str = "lithic") -> Delivery:
    """Return the delivery of a listed event. The connection to the API authenticates it, no signature.

    Args:
        event: The event, listed with its content.
        scheme: The scheme of the receiver, so that both have the same idempotency key in the inbox.

    Returns:
        The delivery. Its body is equal JSON, not the same bytes as those that the provider sends.

    Raises:
        ValueError: If the event has no payload.
    """
    return listed_delivery(event.token, event.created, event.event_type, event.payload, scheme)
