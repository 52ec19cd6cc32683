"""Event types: what messages can be about, and the schemas of their payloads."""

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
    """What an event type shall be from now on. What is not given becomes its default."""

    description: str
    """A text for people."""
    archived: bool | UnsetType = UNSET
    """Whether it is no longer offered. False by default."""
    deprecated: bool | UnsetType = UNSET
    """Whether it should no longer be chosen. False by default; not in API 1.4."""
    schemas: dict[str, Any] | UnsetType | None = UNSET
    """JSON Schemas of the payload by version, such as ``"1"``."""
    feature_flags: list[str] | UnsetType | None = UNSET
    """Only who has one of these flags sees it, at least 1; None: everybody. Not in API 1.4."""
    group_name: str | UnsetType | None = UNSET
    """The group that it is listed in, up to 256 letters, digits, ``-_.``. Not in API 1.4."""
    feature_flag: str | UnsetType | None = UNSET
    """Only in API 1.4: what is now an entry of ``feature_flags``."""


class EventTypeIn(EventTypeUpsertIn, frozen=True, kw_only=True):
    """An event type to create."""

    name: str
    """Its name, up to 256 letters, digits, ``-_.``."""


class EventTypePatch(Model, frozen=True, kw_only=True):
    """What shall change of an event type. What is not given stays; None clears."""

    description: str | UnsetType = UNSET
    """A text for people."""
    archived: bool | UnsetType = UNSET
    """Whether it is no longer offered."""
    deprecated: bool | UnsetType = UNSET
    """Whether it should no longer be chosen."""
    schemas: dict[str, Any] | UnsetType | None = UNSET
    """JSON Schemas of the payload by version."""
    feature_flags: list[str] | UnsetType | None = UNSET
    """Only who has one of these flags sees it, at least 1; None: everybody."""
    group_name: str | UnsetType | None = UNSET
    """The group that it is listed in, up to 256 letters, digits, ``-_.``."""


class EventTypeOut(Model, frozen=True, kw_only=True):
    """An event type."""

    name: str
    """Its name."""
    description: str
    """A text for people."""
    created_at: datetime
    """When it was created."""
    updated_at: datetime
    """When it was changed last."""
    archived: bool = False
    """Whether it is no longer offered."""
    deprecated: bool = False
    """Whether it should no longer be chosen."""
    schemas: dict[str, Any] | None = None
    """JSON Schemas of the payload by version; None unless they were asked for."""
    feature_flags: list[str] | None = None
    """Only who has one of these flags sees it; None: everybody."""
    group_name: str | None = None
    """The group that it is listed in."""
    feature_flag: str | None = None
    """Only in API 1.4: what is now an entry of ``feature_flags``."""


class EventTypeImportOpenApiIn(Model, frozen=True, kw_only=True):
    """An OpenAPI document whose webhooks become event types: one of ``spec`` and ``spec_raw``."""

    spec: dict[str, Any] | UnsetType | None = UNSET
    """The document."""
    spec_raw: str | UnsetType | None = UNSET
    """The document as JSON or YAML text."""
    dry_run: bool | UnsetType = UNSET
    """Whether only to tell what would change. False by default."""
    replace_all: bool | UnsetType = UNSET
    """Whether to archive the event types that the document does not name. False by default."""


class EventTypeFromOpenApi(Model, frozen=True, kw_only=True):
    """An event type as the document describes it."""

    name: str
    """Its name."""
    description: str
    """A text for people."""
    deprecated: bool = False
    """Whether it should no longer be chosen."""
    schemas: dict[str, Any] | None = None
    """JSON Schemas of the payload by version."""
    feature_flags: list[str] | None = None
    """Only who has one of these flags sees it."""
    group_name: str | None = None
    """The group that it is listed in."""


class EventTypeImportOpenApiOutData(Model, frozen=True, kw_only=True):
    """What the import changed."""

    modified: list[str]
    """Names of the event types that were created or changed."""
    to_modify: list[EventTypeFromOpenApi] | None = field(name="to_modify", default=None)
    """What would be created or changed, after a dry run."""


class EventTypeImportOpenApiOut(Model, frozen=True, kw_only=True):
    """The result of an import."""

    data: EventTypeImportOpenApiOutData
    """What it changed."""
