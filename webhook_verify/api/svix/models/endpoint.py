"""Payloads of endpoints and their secrets, headers, statistics, transformations and replays."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from msgspec import field

from webhook_verify.api._model import UNSET, Model, UnsetType
from webhook_verify.api.svix.models.enums import MessageStatus, MessageStatusText, StatusCodeClass

__all__ = [
    "BulkReplayIn",
    "EndpointAttemptStats",
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
    """An endpoint to create or to replace. Fields that are `UNSET` get their defaults."""

    url: str
    """URL to deliver to, 1 to 65536 characters."""
    description: str | UnsetType = UNSET
    """Human-readable description."""
    uid: str | UnsetType | None = UNSET
    """Your own identifier: 1 to 256 letters, digits or any of `-_.`."""
    disabled: bool | UnsetType = UNSET
    """Whether deliveries are paused. False by default."""
    event_types: list[str] | UnsetType | None = UNSET
    """Event types to deliver, at least 1; None: all."""
    channels: list[str] | UnsetType | None = UNSET
    """Channels to deliver, 1 to 10, each up to 128 letters, digits or any of `-_.:+`; None: all."""
    metadata: dict[str, str] | UnsetType | None = UNSET
    """Custom key-value pairs."""
    throttle_rate: int | UnsetType | None = UNSET
    """Maximum number of deliveries per second, 1 to 65535; None: no limit."""
    filter_types: list[str] | UnsetType | None = UNSET
    """Name of `event_types` in API 1.4."""
    rate_limit: int | UnsetType | None = UNSET
    """Name of `throttle_rate` in API 1.4."""
    version: int | UnsetType = UNSET
    """Version of the endpoint, at least 1. Required by API 1.4, which alone has it."""


class EndpointIn(EndpointUpsertIn, frozen=True, kw_only=True):
    """An endpoint to create."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers", "secret"})

    secret: str | UnsetType | None = UNSET
    """Signing secret: `whsec_` and 24 to 75 bytes in base64. By default the server generates it."""
    headers: dict[str, str] | UnsetType | None = UNSET
    """Additional headers of every delivery."""


class EndpointPatch(Model, frozen=True, kw_only=True):
    """Changes of an endpoint. Fields that are `UNSET` keep their values; None clears a field."""

    url: str | UnsetType = UNSET
    """URL to deliver to."""
    description: str | UnsetType = UNSET
    """Human-readable description."""
    uid: str | UnsetType | None = UNSET
    """Your own identifier: 1 to 256 letters, digits or any of `-_.`."""
    disabled: bool | UnsetType = UNSET
    """Whether deliveries are paused."""
    event_types: list[str] | UnsetType | None = UNSET
    """Event types to deliver; None: all."""
    channels: list[str] | UnsetType | None = UNSET
    """Channels to deliver; None: all."""
    metadata: dict[str, str] | UnsetType = UNSET
    """Custom key-value pairs."""
    throttle_rate: int | UnsetType | None = UNSET
    """Maximum number of deliveries per second, 0 to 65535; None: no limit."""


class _EndpointOut(Model, frozen=True, kw_only=True):
    """The fields of all received endpoints."""

    id: str
    """Server-assigned id: `ep_` and 27 letters or digits."""
    url: str
    """URL to deliver to."""
    created_at: datetime
    """Time of creation."""
    description: str = ""
    """Human-readable description."""
    uid: str | None = None
    """Your own identifier."""
    disabled: bool = False
    """Whether deliveries are paused."""
    event_types: list[str] | None = None
    """Event types to deliver; None: all."""
    channels: list[str] | None = None
    """Channels to deliver; None: all."""
    metadata: dict[str, str] | None = None
    """Custom key-value pairs."""
    throttle_rate: int | None = None
    """Maximum number of deliveries per second; None: no limit."""
    filter_types: list[str] | None = None
    """The same as `event_types`, under its name in API 1.4."""
    rate_limit: int | None = None
    """The same as `throttle_rate`, under its name in API 1.4."""
    version: int | None = None
    """Version of the endpoint. Only in API 1.4."""


class EndpointOut(_EndpointOut, frozen=True, kw_only=True):
    """An endpoint."""

    updated_at: datetime
    """Time of the last change."""


class MessageEndpointOut(_EndpointOut, frozen=True, kw_only=True):
    """An endpoint, with the delivery status of a message."""

    status: MessageStatus
    """Delivery status of the message."""
    status_text: MessageStatusText | None = None
    """Text of `status`. None in API 1.4."""
    next_attempt: datetime | None = None
    """Time of the next attempt; None if none is scheduled."""
    updated_at: datetime | None = None
    """Time of the last change of the endpoint. None in API 1.4."""


class EndpointSecretOut(Model, frozen=True, kw_only=True):
    """The signing secret of an endpoint."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"key"})

    key: str
    """The secret, as `webhook_verify.Verifier` takes it."""


class EndpointSecretRotateIn(Model, frozen=True, kw_only=True):
    """Options of a secret rotation."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"key"})

    key: str | UnsetType | None = UNSET
    """New secret: `whsec_` and 24 to 75 bytes in base64. By default the server generates it."""
    grace_period_seconds: int | UnsetType | None = UNSET
    """How long both secrets sign, in seconds, 0 to 604800. 86400 by default; not in API 1.4."""


class EndpointHeadersIn(Model, frozen=True, kw_only=True):
    """Replacement of all additional headers of an endpoint's deliveries."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers"})

    headers: dict[str, str]
    """Header values by name."""


class EndpointHeadersPatchIn(Model, frozen=True, kw_only=True):
    """Changes of the additional headers of an endpoint's deliveries."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers"})

    headers: dict[str, str | None]
    """Header values by name."""
    delete_headers: list[str] | UnsetType = UNSET
    """Names of headers to remove. Not in API 1.4."""


class EndpointHeadersOut(Model, frozen=True, kw_only=True):
    """The additional headers of an endpoint's deliveries."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers"})

    headers: dict[str, str]
    """Header values by name."""
    sensitive: list[str] = field(default_factory=list[str])
    """Names of headers whose values the server does not return."""


class EndpointStats(Model, frozen=True, kw_only=True):
    """The number of an endpoint's messages with each status."""

    success: int
    """Delivered messages."""
    pending: int
    """Messages that wait for their next attempt."""
    sending: int
    """Messages that are being sent."""
    fail: int
    """Messages whose last attempt failed."""
    canceled: int | None = None
    """Canceled messages. None in API 1.4."""


class EndpointAttemptStats(Model, frozen=True, kw_only=True):
    """The number of attempts at an endpoint with each result. Not in API 1.4."""

    success: int
    """Successful attempts."""
    fail: int
    """Failed attempts."""
    canceled: int
    """Canceled attempts."""


class EndpointTransformationPatch(Model, frozen=True, kw_only=True):
    """Changes of a transformation. Fields that are `UNSET` keep their values; None clears a field."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"variables"})

    code: str | UnsetType | None = UNSET
    """JavaScript source, 10 to 51200 characters."""
    enabled: bool | UnsetType = UNSET
    """Whether the transformation is applied."""
    variables: dict[str, str] | UnsetType | None = UNSET
    """Variables of the source. Not in API 1.4."""


class EndpointTransformationOut(Model, frozen=True, kw_only=True):
    """The transformation of the messages to an endpoint."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"variables"})

    code: str | None = None
    """JavaScript source; None without a transformation."""
    enabled: bool = False
    """Whether the transformation is applied."""
    variables: dict[str, str] | None = None
    """Variables of the source."""
    updated_at: datetime | None = None
    """Time of the last change."""


class RecoverIn(Model, frozen=True, kw_only=True):
    """The period of the failed messages to resend."""

    since: datetime
    """Start of the period."""
    until: datetime | UnsetType | None = UNSET
    """End of the period. Now by default."""


class ReplayIn(RecoverIn, frozen=True, kw_only=True):
    """The period of the messages that were never attempted and are to be sent."""


class BulkReplayIn(RecoverIn, frozen=True, kw_only=True):
    """Filters of the messages to resend, whether or not they were delivered before. `UNSET`: no filter."""

    event_types: list[str] | UnsetType | None = UNSET
    """Only messages of these event types."""
    channel: str | UnsetType | None = UNSET
    """Only messages of this channel."""
    tag: str | UnsetType | None = UNSET
    """Only messages with this tag."""
    status: MessageStatus | UnsetType | None = UNSET
    """Only messages with this delivery status."""
    status_code_class: StatusCodeClass | UnsetType | None = UNSET
    """Only messages whose last attempt received a status code of this class."""


class EventExampleIn(Model, frozen=True, kw_only=True):
    """The example to send to an endpoint."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"payload"})

    event_type: str
    """Event type, up to 256 letters, digits or any of `-_.`; its schema must have an example."""
    example_index: int | UnsetType = UNSET
    """Index of the example, from 0. Not in API 1.4."""
    payload: dict[str, Any] | UnsetType | None = UNSET
    """JSON object to send instead of the example, for accounts that Svix allows it. Not in API 1.4."""
