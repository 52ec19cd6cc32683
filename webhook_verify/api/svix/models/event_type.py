"""Payloads of event types and their schemas."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import field

from webhook_verify.api._model import UNSET, Model, UnsetType

__all__ = [
    "EventTypeFromOpenApi",
    "EventTypeImportOpenApiIn",
    "EventTypeImportOpenApiOut",
    "EventTypeImportOpenApiOutData",
    "EventTypeIn",
    "EventTypeOut",
    "EventTypePatch",
    "EventTypeUpsertIn",
]


class EventTypeUpsertIn(Model, frozen=True, kw_only=True):
    """An event type to create or to replace. Fields that are `UNSET` get their defaults."""

    description: str
    """Human-readable description."""
    archived: bool | UnsetType = UNSET
    """Whether the event type is archived, that is, no longer offered. False by default."""
    deprecated: bool | UnsetType = UNSET
    """Whether new subscriptions should avoid it. False by default; not in API 1.4."""
    schemas: dict[str, Any] | UnsetType | None = UNSET
    """JSON Schemas of the payload by version, such as `"1"`."""
    feature_flags: list[str] | UnsetType | None = UNSET
    """Feature flags, at least 1, one of which a user needs to see it; None: no flag. Not in API 1.4."""
    group_name: str | UnsetType | None = UNSET
    """Group that it is listed in, up to 256 letters, digits or any of `-_.`. Not in API 1.4."""
    feature_flag: str | UnsetType | None = UNSET
    """The only feature flag in API 1.4, which lacks `feature_flags`."""


class EventTypeIn(EventTypeUpsertIn, frozen=True, kw_only=True):
    """An event type to create."""

    name: str
    """Name, up to 256 letters, digits or any of `-_.`."""


class EventTypePatch(Model, frozen=True, kw_only=True):
    """Changes of an event type. Fields that are `UNSET` keep their values; None clears a field."""

    description: str | UnsetType = UNSET
    """Human-readable description."""
    archived: bool | UnsetType = UNSET
    """Whether the event type is archived, that is, no longer offered."""
    deprecated: bool | UnsetType = UNSET
    """Whether new subscriptions should avoid it."""
    schemas: dict[str, Any] | UnsetType | None = UNSET
    """JSON Schemas of the payload by version."""
    feature_flags: list[str] | UnsetType | None = UNSET
    """Feature flags, at least 1, one of which a user needs to see it; None: no flag needed."""
    group_name: str | UnsetType | None = UNSET
    """Group that it is listed in, up to 256 letters, digits or any of `-_.`."""


class EventTypeOut(Model, frozen=True, kw_only=True):
    """An event type."""

    name: str
    """Name of the event type."""
    description: str
    """Human-readable description."""
    created_at: datetime
    """Time of creation."""
    updated_at: datetime
    """Time of the last change."""
    archived: bool = False
    """Whether the event type is archived, that is, no longer offered."""
    deprecated: bool = False
    """Whether new subscriptions should avoid it."""
    schemas: dict[str, Any] | None = None
    """JSON Schemas of the payload by version; None unless they were requested."""
    feature_flags: list[str] | None = None
    """Feature flags, one of which a user needs to see it; None: no flag needed."""
    group_name: str | None = None
    """Group that it is listed in."""
    feature_flag: str | None = None
    """The only feature flag in API 1.4, which lacks `feature_flags`."""


class EventTypeImportOpenApiIn(Model, frozen=True, kw_only=True):
    """An OpenAPI document whose webhooks become event types. Set either `spec` or `spec_raw`."""

    spec: dict[str, Any] | UnsetType | None = UNSET
    """OpenAPI document."""
    spec_raw: str | UnsetType | None = UNSET
    """OpenAPI document as JSON or YAML text."""
    dry_run: bool | UnsetType = UNSET
    """Whether to return the changes without making them. False by default."""
    replace_all: bool | UnsetType = UNSET
    """Whether to archive event types that are missing from the document. False by default."""


class EventTypeFromOpenApi(Model, frozen=True, kw_only=True):
    """An event type of an OpenAPI document."""

    name: str
    """Name of the event type."""
    description: str
    """Human-readable description."""
    deprecated: bool = False
    """Whether new subscriptions should avoid it."""
    schemas: dict[str, Any] | None = None
    """JSON Schemas of the payload by version."""
    feature_flags: list[str] | None = None
    """Feature flags, one of which a user needs to see it."""
    group_name: str | None = None
    """Group that it is listed in."""


class EventTypeImportOpenApiOutData(Model, frozen=True, kw_only=True):
    """Changes of an import."""

    modified: list[str]
    """Names of the event types that were created or changed."""
    to_modify: list[EventTypeFromOpenApi] | None = field(name="to_modify", default=None)
    """Event types that a dry run would create or change."""


class EventTypeImportOpenApiOut(Model, frozen=True, kw_only=True):
    """The result of an import."""

    data: EventTypeImportOpenApiOutData
    """Changes of the import."""
