"""Payloads of AutoConfig subscriptions, whose token configures a receiver, and of their consumers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from webhook_verify.api._model import UNSET, Model, OpenStrEnum, UnsetType
from webhook_verify.api.svix.models.endpoint import EndpointIn, EndpointSecretRotateIn
from webhook_verify.api.svix.models.message import MessageOut

__all__ = [
    "AutoConfigOut",
    "AutoConfigSinkType",
    "AutoConfigStatus",
    "AutoConfigSubscriptionOut",
    "CreateAutoConfigSubscriptionIn",
    "PollerV2CommitIn",
    "PollerV2MessageOut",
    "PollerV2PollOut",
    "RotateSubscriptionIn2",
    "SinkInCommon",
    "StartingPosition",
    "SubscribeIn",
]


class CreateAutoConfigSubscriptionIn(Model, frozen=True, kw_only=True):
    """An AutoConfig subscription to create."""

    feature_flags: list[str] | UnsetType | None = UNSET
    """Feature flags of the subscription."""


class RotateSubscriptionIn2(Model, frozen=True, kw_only=True):
    """Options of a rotation of an AutoConfig subscription's token and signing secret."""

    signing_secret: EndpointSecretRotateIn | UnsetType | None = UNSET
    """The new signing secret and its grace period. By default the server generates the secret."""


class AutoConfigOut(Model, frozen=True, kw_only=True):
    """An AutoConfig subscription with its token."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"token"})

    id: str
    """Server-assigned id."""
    token: str
    """Token, with which `AutoConfig` configures a receiver. It contains the signing secret."""
    created_at: datetime
    """Time of creation."""


class AutoConfigStatus(OpenStrEnum):
    """Status of an AutoConfig subscription."""

    PENDING = "pending"
    ACTIVE = "active"


class StartingPosition(OpenStrEnum):
    """Where a new consumer starts."""

    EARLIEST = "earliest"
    LATEST = "latest"


class AutoConfigSubscriptionOut(Model, frozen=True, kw_only=True):
    """An AutoConfig subscription without its token."""

    id: str
    """Server-assigned id."""
    token_censored: str
    """Beginning of the token."""
    status: AutoConfigStatus
    """Whether a receiver has subscribed."""
    created_at: datetime
    """Time of creation."""
    endp_id: str | None = None
    """Id of the endpoint, once a receiver has subscribed."""
    dest_id: str | None = None
    """Id of the destination, once a consumer has subscribed."""


class SinkInCommon(Model, frozen=True, kw_only=True):
    """A polling endpoint to subscribe. Fields that are `UNSET` get their defaults."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"secret"})

    description: str | UnsetType | None = UNSET
    """Human-readable description."""
    throttle_rate: int | UnsetType | None = UNSET
    """Maximum number of messages per second."""
    uid: str | UnsetType | None = UNSET
    """Your own identifier."""
    secret: str | UnsetType | None = UNSET
    """Signing secret."""
    disabled: bool | UnsetType | None = UNSET
    """Whether the endpoint is paused."""
    event_types: list[str] | UnsetType | None = UNSET
    """Event types to receive; None: all."""
    channels: list[str] | UnsetType | None = UNSET
    """Channels to receive; None: all."""
    metadata: dict[str, str] | UnsetType | None = UNSET
    """Custom key-value pairs."""


class AutoConfigSinkType(Model, frozen=True, kw_only=True):
    """The polling endpoint of a version 1 token, as the server reads it."""

    config: SinkInCommon
    """The polling endpoint."""
    type: str = "poller"
    """Kind of the endpoint."""


class SubscribeIn(Model, frozen=True, kw_only=True):
    """The endpoint or the polling endpoint of a version 1 token."""

    endpoint: EndpointIn | UnsetType = UNSET
    """The endpoint."""
    sink: AutoConfigSinkType | UnsetType = UNSET
    """The polling endpoint."""


class PollerV2MessageOut(MessageOut, frozen=True, kw_only=True):
    """A message of a polling endpoint, with its position."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers", "payload"})

    offset: int
    """Position of the message, for `commit`."""
    headers: dict[str, str] | None = None
    """Headers that a delivery of the message would have."""


class PollerV2PollOut(Model, frozen=True, kw_only=True):
    """The result of a poll."""

    data: list[PollerV2MessageOut]
    """Messages, oldest first."""
    done: bool
    """Whether there are currently no further messages."""


class PollerV2CommitIn(Model, frozen=True, kw_only=True):
    """The position up to which a consumer has processed its messages."""

    offset: int
    """Offset of the last processed message."""
