"""Deliveries of the items of `svix.message.list`, for `Inbox.backfill`."""

from __future__ import annotations

from webhook_verify.api._deliveries import listed_delivery
from webhook_verify.api.svix.models.message import MessageOut
from webhook_verify.delivery import Delivery

__all__ = ["delivery_from_message"]


def delivery_from_message(message: MessageOut, *, scheme: str = "svix") -> Delivery:
    """Return the delivery of a listed message. The connection to the API authenticates it, no signature.

    Args:
        message: The message, listed with its content.
        scheme: The scheme of the receiver, so that both have the same idempotency key in the inbox.

    Returns:
        The delivery. Its body is equal JSON, not the same bytes as those that the provider sends.

    Raises:
        ValueError: If the message has no payload.
    """
    return listed_delivery(message.id, message.timestamp, message.event_type, message.payload, scheme)
