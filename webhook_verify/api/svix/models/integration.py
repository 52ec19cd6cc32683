"""Payloads of integrations: keys with which a third-party service manages an application's endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from msgspec import field

from webhook_verify.api._model import UNSET, Model, UnsetType

__all__ = ["IntegrationIn", "IntegrationKeyOut", "IntegrationOut", "IntegrationUpdate"]


class IntegrationIn(Model, frozen=True, kw_only=True):
    """An integration to create."""

    name: str
    """Human-readable name."""
    feature_flags: list[str] | UnsetType = UNSET
    """Feature flags of the integration's users, 1 to 25. Not in API 1.4."""


class IntegrationUpdate(IntegrationIn, frozen=True, kw_only=True):
    """An integration to replace."""


class IntegrationOut(Model, frozen=True, kw_only=True):
    """An integration."""

    id: str
    """Server-assigned id: `integ_` and 27 letters or digits."""
    name: str
    """Human-readable name."""
    created_at: datetime
    """Time of creation."""
    updated_at: datetime
    """Time of the last change."""
    feature_flags: list[str] = field(default_factory=list[str])
    """Feature flags of the integration's users."""


class IntegrationKeyOut(Model, frozen=True, kw_only=True):
    """The key of an integration, which is a token for this API."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"key"})

    key: str
    """The token."""
