"""Payloads of endpoints for operational webhooks, which report events of your Svix account."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

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
    """An operational webhook endpoint to create or to replace. Fields that are `UNSET` get their defaults."""

    url: str
    """URL to deliver to, 1 to 65536 characters."""
    description: str | UnsetType = UNSET
    """Human-readable description."""
    uid: str | UnsetType | None = UNSET
    """Your own identifier: 1 to 256 letters, digits or any of `-_.`."""
    disabled: bool | UnsetType = UNSET
    """Whether deliveries are paused. False by default."""
    event_types: list[str] | UnsetType | None = UNSET
    """Operational events to deliver, at least 1; None: all."""
    metadata: dict[str, str] | UnsetType = UNSET
    """Custom key-value pairs."""
    throttle_rate: int | UnsetType | None = UNSET
    """Maximum number of deliveries per second, 1 to 65535; None: no limit."""


class OperationalWebhookEndpointIn(OperationalWebhookEndpointUpsertIn, frozen=True, kw_only=True):
    """An operational webhook endpoint to create."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers", "secret"})

    secret: str | UnsetType | None = UNSET
    """Signing secret: `whsec_` and 24 to 75 bytes in base64. By default the server generates it."""
    headers: dict[str, str] | UnsetType | None = UNSET
    """Additional headers of every delivery."""


class OperationalWebhookEndpointOut(Model, frozen=True, kw_only=True):
    """An operational webhook endpoint."""

    id: str
    """Server-assigned id: `ep_` and 27 letters or digits."""
    url: str
    """URL to deliver to."""
    created_at: datetime
    """Time of creation."""
    updated_at: datetime
    """Time of the last change."""
    description: str = ""
    """Human-readable description."""
    uid: str | None = None
    """Your own identifier."""
    disabled: bool = False
    """Whether deliveries are paused."""
    event_types: list[str] | None = None
    """Operational events to deliver; None: all."""
    metadata: dict[str, str] | None = None
    """Custom key-value pairs."""
    throttle_rate: int | None = None
    """Maximum number of deliveries per second; None: no limit."""


class OperationalWebhookEndpointSecretOut(EndpointSecretOut, frozen=True, kw_only=True):
    """The signing secret of an operational webhook endpoint."""


class OperationalWebhookEndpointSecretIn(EndpointSecretRotateIn, frozen=True, kw_only=True):
    """Options of a rotation of an operational webhook endpoint's secret."""


class OperationalWebhookEndpointHeadersIn(EndpointHeadersIn, frozen=True, kw_only=True):
    """Replacement of all additional headers of an operational webhook endpoint's deliveries."""


class OperationalWebhookEndpointHeadersOut(EndpointHeadersOut, frozen=True, kw_only=True):
    """The additional headers of an operational webhook endpoint's deliveries."""
