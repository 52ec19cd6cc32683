"""Endpoints for operational webhooks: where the provider tells of your account itself."""

from __future__ import annotations

from datetime import datetime

from webhook_verify.api._model import UNSET, Model, UnsetType
from webhook_verify.api.svix.models.endpoint import (
    EndpointHeadersIn,
    EndpointHeadersOut,
    EndpointSecretOut,
    EndpointSecretRotateIn,
)

__all__ = [
    "OperationalWebhookEndpointHeadersIn",
    "OperationalWebhookEndpointHeadersOut",
    "OperationalWebhookEndpointIn",
    "OperationalWebhookEndpointOut",
    "OperationalWebhookEndpointSecretIn",
    "OperationalWebhookEndpointSecretOut",
    "OperationalWebhookEndpointUpsertIn",
]


class OperationalWebhookEndpointUpsertIn(Model, frozen=True, kw_only=True):
    """What such an endpoint shall be from now on. What is not given becomes its default."""

    url: str
    """Where to deliver, 1 to 65536 characters."""
    description: str | UnsetType = UNSET
    """A text for people."""
    uid: str | UnsetType | None = UNSET
    """Your own id, 1 to 256 letters, digits, ``-_.``."""
    disabled: bool | UnsetType = UNSET
    """Whether nothing is delivered. False by default."""
    event_types: list[str] | UnsetType | None = UNSET
    """The operational events that are delivered, at least 1; None: all."""
    metadata: dict[str, str] | UnsetType = UNSET
    """Your own texts by key."""
    throttle_rate: int | UnsetType | None = UNSET
    """Most deliveries a second, 1 to 65535; None: no limit."""


class OperationalWebhookEndpointIn(OperationalWebhookEndpointUpsertIn, frozen=True, kw_only=True):
    """Such an endpoint to create."""

    redacted_fields = frozenset({"headers", "secret"})

    secret: str | UnsetType | None = UNSET
    """The secret to sign with, ``whsec_`` and 24 to 75 bytes in base64. By default the server makes one."""
    headers: dict[str, str] | UnsetType | None = UNSET
    """Headers to add to every delivery."""


class OperationalWebhookEndpointOut(Model, frozen=True, kw_only=True):
    """Such an endpoint."""

    id: str
    """The id that the server gave, ``ep_`` and 27 letters and digits."""
    url: str
    """Where events are delivered."""
    created_at: datetime
    """When it was created."""
    updated_at: datetime
    """When it was changed last."""
    description: str = ""
    """A text for people."""
    uid: str | None = None
    """Your own id."""
    disabled: bool = False
    """Whether nothing is delivered."""
    event_types: list[str] | None = None
    """The operational events that are delivered; None: all."""
    metadata: dict[str, str] | None = None
    """Your own texts by key."""
    throttle_rate: int | None = None
    """Most deliveries a second; None: no limit."""


class OperationalWebhookEndpointSecretOut(EndpointSecretOut, frozen=True, kw_only=True):
    """The secret that deliveries to such an endpoint are signed with."""


class OperationalWebhookEndpointSecretIn(EndpointSecretRotateIn, frozen=True, kw_only=True):
    """How to rotate it."""


class OperationalWebhookEndpointHeadersIn(EndpointHeadersIn, frozen=True, kw_only=True):
    """All headers that are added to every delivery from now on."""


class OperationalWebhookEndpointHeadersOut(EndpointHeadersOut, frozen=True, kw_only=True):
    """The headers that are added to every delivery."""
