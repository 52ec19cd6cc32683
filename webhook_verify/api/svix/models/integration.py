"""Integrations: keys with which a service of somebody else manages an application's endpoints."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from webhook_verify.api._model import UNSET, Model, UnsetType

__all__ = ["IntegrationIn", "IntegrationKeyOut", "IntegrationOut", "IntegrationUpdate"]


class IntegrationIn(Model, frozen=True, kw_only=True):
    """An integration to create."""

    name: str
    """A name for people."""
    feature_flags: list[str] | UnsetType = UNSET
    """Flags that its users have, 1 to 25. Not in API 1.4."""


class IntegrationUpdate(IntegrationIn, frozen=True, kw_only=True):
    """What an integration shall be from now on."""


class IntegrationOut(Model, frozen=True, kw_only=True):
    """An integration."""

    id: str
    """The id that the server gave, ``integ_`` and 27 letters and digits."""
    name: str
    """A name for people."""
    created_at: datetime
    """When it was created."""
    updated_at: datetime
    """When it was changed last."""
    feature_flags: list[str] = field(default_factory=list[str])
    """Flags that its users have."""


class IntegrationKeyOut(Model, frozen=True, kw_only=True):
    """The key of an integration: a token for this API."""

    redacted_fields = frozenset({"key"})

    key: str
    """The token."""
