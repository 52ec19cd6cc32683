"""Payloads of messages and polling endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from msgspec import field

from webhook_verify.api._model import UNSET, Model, UnsetType
from webhook_verify.api.svix.models.application import ApplicationIn
from webhook_verify.api.svix.models.enums import BulkExpungeStatus

__all__ = [
    "BulkExpungeContentsIn",
    "BulkExpungeContentsOut",
    "MessageIn",
    "MessageOut",
    "MessagePrecheckIn",
    "MessagePrecheckOut",
    "PollingEndpointConsumerSeekIn",
    "PollingEndpointConsumerSeekOut",
    "PollingEndpointMessageOut",
    "PollingEndpointOut",
]


class MessageIn(Model, frozen=True, kw_only=True):
    """A message to send."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"payload", "transformations_params"})

    event_type: str
    """Event type, up to 256 letters, digits or any of `-_.`."""
    payload: dict[str, Any]
    """JSON object to deliver, less than 1 MiB. Datetimes in it are sent unchanged, not converted to UTC."""
    event_id: str | UnsetType | None = UNSET
    """Your own id of the message: 1 to 256 letters, digits or any of `-_.`. The server rejects duplicates."""
    channels: list[str] | UnsetType | None = UNSET
    """Channels of the message: 1 to 10 (API 1.4: 5), each up to 128 letters, digits or any of `-_.:+`."""
    tags: list[str] | UnsetType | None = UNSET
    """Tags to search by, up to 5 of up to 128 characters. Not in API 1.4."""
    application: ApplicationIn | UnsetType | None = UNSET
    """Application to create if the addressed one does not exist."""
    deliver_at: datetime | UnsetType | None = UNSET
    """Time of delivery, 1 minute to 24 hours from now. Not in API 1.4."""
    payload_retention_period: int | UnsetType | None = UNSET
    """Retention of the payload in days, 1 to 90 (API 1.4: 5 to 90). 90 by default."""
    payload_retention_hours: int | UnsetType | None = UNSET
    """Retention of the payload in hours, 1 to 2160, instead of `payload_retention_period`. Not in API 1.4."""
    transformations_params: dict[str, Any] | UnsetType | None = UNSET
    """Input of transformations besides the payload. Not in API 1.4."""

    @classmethod
    def raw(cls, event_type: str, payload: str, content_type: str | None = None) -> MessageIn:
        """Return a message whose payload is delivered as exactly this text.

        Args:
            event_type: Event type, up to 256 letters, digits or any of `-_.`.
            payload: Text to deliver, byte for byte.
            content_type: Content type of the delivery. By default the server's.

        Returns:
            The message.
        """
        params: dict[str, Any] = {"rawPayload": payload}
        if content_type is not None:
            params["headers"] = {"content-type": content_type}
        return cls(event_type=event_type, payload={}, transformations_params=params)


class MessageOut(Model, frozen=True, kw_only=True):
    """A message that was sent."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"payload"})

    id: str
    """Server-assigned id: `msg_` and 27 letters or digits; the deliveries' message id."""
    event_type: str
    """Event type."""
    timestamp: datetime
    """Time at which it was sent."""
    payload: dict[str, Any] = field(default_factory=dict[str, Any])
    """Payload that is delivered. If the content was not requested, the server chooses the value."""
    event_id: str | None = None
    """Your own id of the message."""
    channels: list[str] | None = None
    """Channels of the message; None: all."""
    tags: list[str] | None = None
    """Tags to search by."""
    deliver_at: datetime | None = None
    """Scheduled time of delivery; None: immediately."""


class BulkExpungeContentsIn(Model, frozen=True, kw_only=True):
    """The messages whose payloads to delete."""

    ids: list[str] | UnsetType = UNSET
    """Ids of the messages, or the event ids that you gave them."""


class BulkExpungeContentsOut(Model, frozen=True, kw_only=True):
    """The result for each message."""

    results: dict[str, BulkExpungeStatus]
    """Result by the requested id."""


class MessagePrecheckIn(Model, frozen=True, kw_only=True):
    """A message to check without sending it."""

    event_type: str
    """Event type, up to 256 letters, digits or any of `-_.`."""
    channels: list[str] | UnsetType | None = UNSET
    """Channels of the message, 1 to 10."""


class MessagePrecheckOut(Model, frozen=True, kw_only=True):
    """The result of a check."""

    active: bool
    """Whether an endpoint would receive the message."""


class PollingEndpointMessageOut(MessageOut, frozen=True, kw_only=True):
    """A message of a polling endpoint."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers", "payload"})

    headers: dict[str, str] | None = None
    """Headers that a delivery of the message would have."""


class PollingEndpointOut(Model, frozen=True, kw_only=True):
    """The result of a poll."""

    data: list[PollingEndpointMessageOut]
    """Messages, oldest first."""
    iterator: str
    """Start of the next poll."""
    done: bool
    """Whether there are currently no further messages."""


class PollingEndpointConsumerSeekIn(Model, frozen=True, kw_only=True):
    """The position to move a consumer to."""

    after: datetime
    """Time after which the consumer continues."""


class PollingEndpointConsumerSeekOut(Model, frozen=True, kw_only=True):
    """The new position of a consumer."""

    iterator: str
    """Start of the consumer's next poll."""
