"""Messages: what is sent to the endpoints of an application, and what a poller gets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import field

from webhook_verify.api._model import UNSET, Model, UnsetType
from webhook_verify.api.svix.models.application import ApplicationIn

__all__ = [
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

    redacted_fields = frozenset({"payload", "transformations_params"})

    event_type: str
    """The event type, up to 256 letters, digits, ``-_.``."""
    payload: dict[str, Any]
    """The JSON object to deliver, less than 1 MiB. Times in it are sent as they are."""
    event_id: str | UnsetType | None = UNSET
    """Your own id of the message, 1 to 256 letters, digits, ``-_.``; it can be sent only once."""
    channels: list[str] | UnsetType | None = UNSET
    """Deliver to endpoints of these channels: 1 to 10 (1.4: 5), each up to 128 letters, digits, ``-_.:+``."""
    tags: list[str] | UnsetType | None = UNSET
    """Texts to search by, up to 5 of up to 128 characters. Not in API 1.4."""
    application: ApplicationIn | UnsetType | None = UNSET
    """The application to create first, where the one that is addressed does not exist."""
    deliver_at: datetime | UnsetType | None = UNSET
    """When to deliver, 1 minute to 24 hours from now. Not in API 1.4."""
    payload_retention_period: int | UnsetType | None = UNSET
    """How long to keep the payload, 1 to 90 days (1.4: from 5). 90 by default."""
    payload_retention_hours: int | UnsetType | None = UNSET
    """How long to keep the payload, 1 to 2160 hours; instead of the period. Not in API 1.4."""
    transformations_params: dict[str, Any] | UnsetType | None = UNSET
    """What transformations can read besides the payload. Not in API 1.4."""

    @classmethod
    def raw(cls, event_type: str, payload: str, content_type: str | None = None) -> MessageIn:
        """A message whose payload is delivered byte for byte as this text, of this content type."""
        params: dict[str, Any] = {"rawPayload": payload}
        if content_type is not None:
            params["headers"] = {"content-type": content_type}
        return cls(event_type=event_type, payload={}, transformations_params=params)


class MessageOut(Model, frozen=True, kw_only=True):
    """A message that was sent."""

    redacted_fields = frozenset({"payload"})

    id: str
    """The id that the server gave, ``msg_`` and 27 letters and digits; the deliveries' message id."""
    event_type: str
    """The event type."""
    timestamp: datetime
    """When it was sent."""
    payload: dict[str, Any] = field(default_factory=dict[str, Any])
    """What is delivered; what stands here instead, where the content was not asked for, is the server's."""
    event_id: str | None = None
    """Your own id of the message."""
    channels: list[str] | None = None
    """Endpoints of these channels get it; None: of all."""
    tags: list[str] | None = None
    """Texts to search by."""
    deliver_at: datetime | None = None
    """When it is to be delivered, if not at once."""


class MessagePrecheckIn(Model, frozen=True, kw_only=True):
    """A message that is thought of."""

    event_type: str
    """The event type, up to 256 letters, digits, ``-_.``."""
    channels: list[str] | UnsetType | None = UNSET
    """The channels, 1 to 10."""


class MessagePrecheckOut(Model, frozen=True, kw_only=True):
    """Whether anybody would get it."""

    active: bool
    """Whether there is an endpoint that such a message would be delivered to."""


class PollingEndpointMessageOut(MessageOut, frozen=True, kw_only=True):
    """A message that a poller got."""

    redacted_fields = frozenset({"headers", "payload"})

    headers: dict[str, str] | None = None
    """The headers that a delivery of it would have."""


class PollingEndpointOut(Model, frozen=True, kw_only=True):
    """What a poll brought."""

    data: list[PollingEndpointMessageOut]
    """The messages, oldest first."""
    iterator: str
    """Where the next poll goes on."""
    done: bool
    """Whether these are all there are for now."""


class PollingEndpointConsumerSeekIn(Model, frozen=True, kw_only=True):
    """Where a consumer shall go on."""

    after: datetime
    """With the messages after this time."""


class PollingEndpointConsumerSeekOut(Model, frozen=True, kw_only=True):
    """Where a consumer goes on."""

    iterator: str
    """Where its next poll goes on."""
