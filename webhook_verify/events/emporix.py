"""Emporix events: the resource of an event, and the event type if it is known.

The payload is the resource itself, so it does not contain the event type, and Emporix does not document a
header with it. Configure a separate URL or a custom header for each event type, and pass the type to
``parse(delivery, event_type=...)``. Types are plain strings and are not normalized: Emporix itself spells
some of them in two ways.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from webhook_verify.body import as_bytes
from webhook_verify.delivery import Delivery
from webhook_verify.events.decoding import read_json
from webhook_verify.events.structs import Event, attach_raw
from webhook_verify.events.unknown import UnknownEvent, body_of

__all__ = ["EVENT_TYPES", "EmporixEvent", "EventType", "UnknownEvent", "parse", "parse_unverified"]

EventType = Literal[
    "ai.agent-job-finished",
    "assignment.created",
    "assignment.deleted",
    "availability.created",
    "availability.deleted",
    "availability.updated",
    "cart.closed",
    "cart.created",
    "cart.item-added",
    "cart.item-deleted",
    "cart.item-updated",
    "cart.merged",
    "cart.updated",
    "catalog.created",
    "catalog.deleted",
    "catalog.updated",
    "category.created",
    "category.deleted",
    "category.updated",
    "client-management.legalentity-created",
    "client-management.legalentity-deleted",
    "client-management.legalentity-updated",
    "client-management.user-assigned-to-legalentity",
    "customer-segment.customer-assignment-created",
    "customer-segment.customer-assignment-deleted",
    "customer-segment.customer-assignment-updated",
    "customer-segment.item-assignment-created",
    "customer-segment.item-assignment-deleted",
    "customer-segment.item-assignment-updated",
    "customer-segment.segment-created",
    "customer-segment.segment-deleted",
    "customer-segment.segment-updated",
    "customer.created",
    "customer.deleted",
    "customer.email-change",
    "customer.email-change-request",
    "customer.logged.in",
    "customer.opt-in",
    "customer.password-reset",
    "customer.refresh-token",
    "customer.updated",
    "index-item.deleted",
    "index-item.updated",
    "order.cancelled",
    "order.created",
    "order.deleted",
    "order.status-changed",
    "order.updated",
    "price-list-price.created",
    "price-list-price.deleted",
    "price-list-price.updated",
    "price-list.created",
    "price-list.deleted",
    "price-list.updated",
    "price-model.created",
    "price-model.deleted",
    "price-model.updated",
    "price.created",
    "price.deleted",
    "price.updated",
    "product.created",
    "product.deleted",
    "product.updated",
    "quote.created",
    "quote.deleted",
    "quote.updated",
    "return.created",
    "return.deleted",
    "return.updated",
    "schema.custom-instance-created",
    "schema.custom-instance-deleted",
    "schema.custom-instance-updated",
    "site.site-created",
    "site.site-deleted",
    "site.site-updated",
    "vendor.vendor-created",
    "vendor.vendor-deleted",
    "vendor.vendor-updated",
]
"""The event types that Emporix documents, for completion in editors. Others exist, and new ones are added."""

EVENT_TYPES: tuple[str, ...] = get_args(EventType)


class EmporixEvent(Event, frozen=True):
    """An Emporix event. `payload` is the resource as plain JSON values; `type` is "" if it is not known."""

    type: str
    payload: Any


def parse(delivery: Delivery, *, event_type: str | None = None) -> EmporixEvent:
    """Parse the event of a delivery.

    Args:
        delivery: The delivery.
        event_type: The event type, by default `Delivery.event_type`. A header that you have configured is not
            signed, so use it for routing only.

    Returns:
        The event.

    Raises:
        TypeError: If `delivery` is not a `Delivery`.
        UnreadableEvent: If the payload is not JSON.
    """
    body = body_of(delivery)
    # A type in the body would be a field of the resource.
    header = "" if delivery.event_type_is_signed else delivery.event_type
    return parse_unverified(body, event_type=event_type or header or "")


def parse_unverified(body: bytes, *, event_type: str = "") -> EmporixEvent:
    """Parse the event in unverified bytes, such as those of a test or an archive.

    Args:
        body: The payload as bytes.
        event_type: The event type.

    Returns:
        The event.

    Raises:
        TypeError: If `body` is not bytes-like.
        UnreadableEvent: If the payload is not JSON.
    """
    body = as_bytes(body)
    return attach_raw(EmporixEvent(event_type, read_json(body)), body)
