"""Payloads of streams, their event types and events."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from msgspec import field

from webhook_verify.api._model import UNSET, Model, UnsetType

__all__ = [
    "CreateStreamEventsIn",
    "EventIn",
    "EventOut",
    "EventStreamOut",
    "StreamEventTypeIn",
    "StreamEventTypeOut",
    "StreamEventTypePatch",
    "StreamIn",
    "StreamOut",
    "StreamPatch",
]


class StreamIn(Model, frozen=True, kw_only=True):
    """A stream to create or to replace."""

    name: str
    """Human-readable name, at least 1 character."""
    uid: str | UnsetType | None = UNSET
    """Your own identifier: 1 to 60 letters, digits or any of `-_`."""
    metadata: dict[str, str] | UnsetType = UNSET
    """Custom key-value pairs."""


class StreamPatch(Model, frozen=True, kw_only=True):
    """Changes of a stream. Fields that are `UNSET` keep their values; None clears a field."""

    description: str | UnsetType = UNSET
    """Human-readable description."""
    uid: str | UnsetType | None = UNSET
    """Your own identifier: 1 to 60 letters, digits or any of `-_`."""
    metadata: dict[str, str] | UnsetType = UNSET
    """Custom key-value pairs."""


class StreamOut(Model, frozen=True, kw_only=True):
    """A stream of events."""

    id: str
    """Server-assigned id: `strm_` and 21 or 22 letters or digits."""
    created_at: datetime
    """Time of creation."""
    updated_at: datetime
    """Time of the last change."""
    name: str | None = None
    """Human-readable name."""
    uid: str | None = None
    """Your own identifier."""
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    """Custom key-value pairs."""


class EventIn(Model, frozen=True, kw_only=True):
    """An event to add to a stream."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"payload"})

    event_type: str
    """Event type, up to 256 letters, digits or any of `-_.`."""
    payload: str
    """Text to send."""


class CreateStreamEventsIn(Model, frozen=True, kw_only=True):
    """Events to add to a stream."""

    events: list[EventIn]
    """The events, oldest first."""
    stream: StreamIn | UnsetType | None = UNSET
    """Stream to create if the addressed one does not exist."""


class EventOut(Model, frozen=True, kw_only=True):
    """An event of a stream."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"payload"})

    event_type: str
    """Event type."""
    payload: str
    """Text of the event."""
    timestamp: datetime
    """Time at which it was added."""


class EventStreamOut(Model, frozen=True, kw_only=True):
    """The result of a poll of a stream."""

    data: list[EventOut]
    """Events, oldest first."""
    iterator: str
    """Start of the next poll."""
    done: bool
    """Whether there are currently no further events."""


class StreamEventTypePatch(Model, frozen=True, kw_only=True):
    """Changes of a stream's event type. Fields that are `UNSET` keep their values; None clears a field."""

    description: str | UnsetType | None = UNSET
    """Human-readable description."""
    feature_flags: list[str] | UnsetType | None = UNSET
    """Feature flags, one of which a user needs to see the event type; None: visible to all users."""
    deprecated: bool | UnsetType = UNSET
    """Whether the event type is deprecated."""
    archived: bool | UnsetType = UNSET
    """Whether the event type is archived."""


class StreamEventTypeIn(StreamEventTypePatch, frozen=True, kw_only=True):
    """An event type of streams to create or to replace. Fields that are `UNSET` get their defaults."""

    name: str
    """Name, up to 256 letters, digits or any of `-_.`."""


class StreamEventTypeOut(Model, frozen=True, kw_only=True):
    """An event type of streams."""

    name: str
    """Name."""
    created_at: datetime
    """Time of creation."""
    updated_at: datetime
    """Time of the last change."""
    deprecated: bool = False
    """Whether the event type is deprecated."""
    archived: bool = False
    """Whether the event type is archived."""
    description: str | None = None
    """Human-readable description."""
    feature_flags: list[str] | None = None
    """Feature flags, one of which a user needs to see the event type; None: visible to all users."""
