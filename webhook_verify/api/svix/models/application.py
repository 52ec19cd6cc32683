"""Payloads of applications, which represent your customers."""

from __future__ import annotations

from datetime import datetime

from webhook_verify.api._model import UNSET, Model, UnsetType

__all__ = ["ApplicationIn", "ApplicationOut", "ApplicationPatch"]


class ApplicationIn(Model, frozen=True, kw_only=True):
    """An application to create or to replace."""

    name: str
    """Human-readable name, at least 1 character."""
    uid: str | UnsetType | None = UNSET
    """Your own identifier: 1 to 256 letters, digits or any of `-_.`."""
    metadata: dict[str, str] | UnsetType | None = UNSET
    """Custom key-value pairs."""
    throttle_rate: int | UnsetType | None = UNSET
    """Maximum number of messages per second, 1 to 65535; None: no limit."""
    rate_limit: int | UnsetType | None = UNSET
    """Name of `throttle_rate` in API 1.4."""


class ApplicationPatch(Model, frozen=True, kw_only=True):
    """Changes of an application. Fields that are `UNSET` keep their values; None clears a field."""

    name: str | UnsetType = UNSET
    """Human-readable name."""
    uid: str | UnsetType | None = UNSET
    """Your own identifier: 1 to 256 letters, digits or any of `-_.`."""
    metadata: dict[str, str] | UnsetType = UNSET
    """Custom key-value pairs."""
    throttle_rate: int | UnsetType | None = UNSET
    """Maximum number of messages per second, 0 to 65535; None: no limit."""


class ApplicationOut(Model, frozen=True, kw_only=True):
    """An application."""

    id: str
    """Server-assigned id: `app_` and 27 letters or digits."""
    name: str
    """Human-readable name."""
    created_at: datetime
    """Time of creation."""
    updated_at: datetime
    """Time of the last change."""
    uid: str | None = None
    """Your own identifier."""
    metadata: dict[str, str] | None = None
    """Custom key-value pairs."""
    throttle_rate: int | None = None
    """Maximum number of messages per second; None: no limit."""
    rate_limit: int | None = None
    """The same as `throttle_rate`, under its name in API 1.4."""
