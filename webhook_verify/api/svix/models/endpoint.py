"""Endpoints: where messages are delivered, and what belongs to them."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from webhook_verify.api._model import UNSET, Model, UnsetType
from webhook_verify.api.svix.models.enums import MessageStatus, MessageStatusText, StatusCodeClass

__all__ = [
    "BulkReplayIn",
    "EndpointHeadersIn",
    "EndpointHeadersOut",
    "EndpointHeadersPatchIn",
    "EndpointIn",
    "EndpointOut",
    "EndpointPatch",
    "EndpointSecretOut",
    "EndpointSecretRotateIn",
    "EndpointStats",
    "EndpointTransformationOut",
    "EndpointTransformationPatch",
    "EndpointUpsertIn",
    "EventExampleIn",
    "MessageEndpointOut",
    "RecoverIn",
    "ReplayIn",
]


class EndpointUpsertIn(Model, frozen=True, kw_only=True):
    """What an endpoint shall be from now on. What is not given becomes its default."""

    url: str
    """Where to deliver, 1 to 65536 characters."""
    description: str | UnsetType = UNSET
    """A text for people."""
    uid: str | UnsetType | None = UNSET
    """Your own id, 1 to 256 letters, digits, ``-_.``."""
    disabled: bool | UnsetType = UNSET
    """Whether nothing is delivered. False by default."""
    event_types: list[str] | UnsetType | None = UNSET
    """The event types that are delivered, at least 1; None: all."""
    channels: list[str] | UnsetType | None = UNSET
    """Deliver messages of these channels only: 1 to 10, each up to 128 letters, digits, ``-_.:+``."""
    metadata: dict[str, str] | UnsetType | None = UNSET
    """Your own texts by key."""
    throttle_rate: int | UnsetType | None = UNSET
    """Most deliveries a second, 1 to 65535; None: no limit."""
    filter_types: list[str] | UnsetType | None = UNSET
    """The name of ``event_types`` in API 1.4."""
    rate_limit: int | UnsetType | None = UNSET
    """The name of ``throttle_rate`` in API 1.4."""
    version: int | UnsetType = UNSET
    """Only in API 1.4, which requires it: a number above 0."""


class EndpointIn(EndpointUpsertIn, frozen=True, kw_only=True):
    """An endpoint to create."""

    redacted_fields = frozenset({"headers", "secret"})

    secret: str | UnsetType | None = UNSET
    """The secret to sign with, ``whsec_`` and 24 to 75 bytes in base64. By default the server makes one."""
    headers: dict[str, str] | UnsetType | None = UNSET
    """Headers to add to every delivery."""


class EndpointPatch(Model, frozen=True, kw_only=True):
    """What shall change of an endpoint. What is not given stays; None clears."""

    url: str | UnsetType = UNSET
    """Where to deliver."""
    description: str | UnsetType = UNSET
    """A text for people."""
    uid: str | UnsetType | None = UNSET
    """Your own id, 1 to 256 letters, digits, ``-_.``."""
    disabled: bool | UnsetType = UNSET
    """Whether nothing is delivered."""
    event_types: list[str] | UnsetType | None = UNSET
    """The event types that are delivered; None: all."""
    channels: list[str] | UnsetType | None = UNSET
    """Deliver messages of these channels only; None: of all."""
    metadata: dict[str, str] | UnsetType = UNSET
    """Your own texts by key."""
    throttle_rate: int | UnsetType | None = UNSET
    """Most deliveries a second, 0 to 65535; None: no limit."""


class _EndpointOut(Model, frozen=True, kw_only=True):
    id: str
    """The id that the server gave, ``ep_`` and 27 letters and digits."""
    url: str
    """Where messages are delivered."""
    created_at: datetime
    """When it was created."""
    description: str = ""
    """A text for people."""
    uid: str | None = None
    """Your own id."""
    disabled: bool = False
    """Whether nothing is delivered."""
    event_types: list[str] | None = None
    """The event types that are delivered; None: all."""
    channels: list[str] | None = None
    """Only messages of these channels are delivered; None: of all."""
    metadata: dict[str, str] | None = None
    """Your own texts by key."""
    throttle_rate: int | None = None
    """Most deliveries a second; None: no limit."""
    filter_types: list[str] | None = None
    """The same as ``event_types``, under its name in API 1.4."""
    rate_limit: int | None = None
    """The same as ``throttle_rate``, under its name in API 1.4."""
    version: int | None = None
    """Only in API 1.4."""


class EndpointOut(_EndpointOut, frozen=True, kw_only=True):
    """An endpoint."""

    updated_at: datetime
    """When it was changed last."""


class MessageEndpointOut(_EndpointOut, frozen=True, kw_only=True):
    """An endpoint, and what became of one message there."""

    status: MessageStatus
    """How far the delivery is."""
    status_text: MessageStatusText | None = None
    """``status`` in a word. None in API 1.4."""
    next_attempt: datetime | None = None
    """When it is tried next; None if it is not."""
    updated_at: datetime | None = None
    """When the endpoint was changed last. None in API 1.4."""


class EndpointSecretOut(Model, frozen=True, kw_only=True):
    """The secret that deliveries to an endpoint are signed with."""

    redacted_fields = frozenset({"key"})

    key: str
    """The secret, as :class:`webhook_verify.Verifier` takes it."""


class EndpointSecretRotateIn(Model, frozen=True, kw_only=True):
    """How to rotate a secret."""

    redacted_fields = frozenset({"key"})

    key: str | UnsetType | None = UNSET
    """The new secret, ``whsec_`` and 24 to 75 bytes in base64. By default the server makes one."""
    grace_period_seconds: int | UnsetType | None = UNSET
    """How long the old secret signs as well, 0 to 604800 seconds. 86400 by default; not in API 1.4."""


class EndpointHeadersIn(Model, frozen=True, kw_only=True):
    """All headers that are added to every delivery from now on."""

    redacted_fields = frozenset({"headers"})

    headers: dict[str, str]
    """Their values by name."""


class EndpointHeadersPatchIn(Model, frozen=True, kw_only=True):
    """Headers that are added to every delivery besides those that are already."""

    redacted_fields = frozenset({"headers"})

    headers: dict[str, str | None]
    """Their values by name."""
    delete_headers: list[str] | UnsetType = UNSET
    """Names of headers that are no longer added. Not in API 1.4."""


class EndpointHeadersOut(Model, frozen=True, kw_only=True):
    """The headers that are added to every delivery."""

    redacted_fields = frozenset({"headers"})

    headers: dict[str, str]
    """Their values by name."""
    sensitive: list[str] = field(default_factory=list[str])
    """Names of headers whose values the server keeps to itself."""


class EndpointStats(Model, frozen=True, kw_only=True):
    """How many messages to an endpoint are in which state."""

    success: int
    """Delivered."""
    pending: int
    """Waiting for their next attempt."""
    sending: int
    """Under way."""
    fail: int
    """Given up after the last attempt."""
    canceled: int | None = None
    """Canceled. None in API 1.4."""


class EndpointTransformationPatch(Model, frozen=True, kw_only=True):
    """What shall change of a transformation. What is not given stays; None clears."""

    redacted_fields = frozenset({"variables"})

    code: str | UnsetType | None = UNSET
    """The JavaScript source, 10 to 51200 characters."""
    enabled: bool | UnsetType = UNSET
    """Whether it is applied."""
    variables: dict[str, str] | UnsetType | None = UNSET
    """Texts that the source can read. Not in API 1.4."""


class EndpointTransformationOut(Model, frozen=True, kw_only=True):
    """The transformation that messages to an endpoint go through."""

    redacted_fields = frozenset({"variables"})

    code: str | None = None
    """The JavaScript source; None if there is no transformation."""
    enabled: bool = False
    """Whether it is applied."""
    variables: dict[str, str] | None = None
    """Texts that the source can read."""
    updated_at: datetime | None = None
    """When it was changed last."""


class RecoverIn(Model, frozen=True, kw_only=True):
    """Which failed messages to deliver again."""

    since: datetime
    """From this time on."""
    until: datetime | UnsetType | None = UNSET
    """Up to this time. Now by default."""


class ReplayIn(RecoverIn, frozen=True, kw_only=True):
    """Which messages that were never tried to deliver."""


class BulkReplayIn(RecoverIn, frozen=True, kw_only=True):
    """Which messages to deliver again, whatever became of them. What is not given does not matter."""

    event_types: list[str] | UnsetType | None = UNSET
    """Of these event types."""
    channel: str | UnsetType | None = UNSET
    """Of this channel."""
    tag: str | UnsetType | None = UNSET
    """With this tag."""
    status: MessageStatus | UnsetType | None = UNSET
    """In this state."""
    status_code_class: StatusCodeClass | UnsetType | None = UNSET
    """Whose last attempt was answered so."""


class EventExampleIn(Model, frozen=True, kw_only=True):
    """Which example to send to an endpoint."""

    event_type: str
    """The event type, up to 256 letters, digits, ``-_.``; its schema must have an example."""
    example_index: int | UnsetType = UNSET
    """Which of the examples, from 0. Not in API 1.4."""
