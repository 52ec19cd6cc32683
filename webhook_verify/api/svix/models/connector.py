"""Payloads of connectors to change. See `webhook_verify.api.svix.models.account` for the others."""

from __future__ import annotations

from webhook_verify.api._model import UNSET, Model, UnsetType
from webhook_verify.api.svix.models.enums import ConnectorKind

__all__ = ["ConnectorPatch", "ConnectorUpsertIn"]


class _Connector(Model, frozen=True, kw_only=True):
    """The fields of both."""

    name: str | UnsetType = UNSET
    """Human-readable name."""
    logo: str | UnsetType | None = UNSET
    """URL of the logo."""
    description: str | UnsetType = UNSET
    """Human-readable description."""
    kind: ConnectorKind | UnsetType = UNSET
    """Service that the connector sends to."""
    instructions: str | UnsetType = UNSET
    """Setup instructions for the user."""
    allowed_event_types: list[str] | UnsetType | None = UNSET
    """Supported event types, at least 1; None: all."""
    feature_flags: list[str] | UnsetType | None = UNSET
    """Feature flags, one of which a user needs to see the connector; None: visible to all users."""


class ConnectorPatch(_Connector, frozen=True, kw_only=True):
    """Changes of a connector. Fields that are `UNSET` keep their values; None clears a field."""

    transformation: str | UnsetType = UNSET
    """JavaScript source, 10 to 51200 characters."""


class ConnectorUpsertIn(_Connector, frozen=True, kw_only=True):
    """A connector to create or to replace. Fields that are `UNSET` get their defaults."""

    transformation: str
    """JavaScript source, 10 to 51200 characters."""
