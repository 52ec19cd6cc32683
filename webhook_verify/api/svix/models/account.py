"""Payloads of the account: logins, background tasks, statistics and environments."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from msgspec import field

from webhook_verify.api._model import UNSET, Model, UnsetType
from webhook_verify.api.svix.models.application import ApplicationIn
from webhook_verify.api.svix.models.enums import (
    AppPortalCapability,
    BackgroundTaskStatus,
    BackgroundTaskType,
    ConnectorKind,
    ConnectorProduct,
)
from webhook_verify.api.svix.models.event_type import EventTypeIn, EventTypeOut

__all__ = [
    "AggregateEventTypesOut",
    "ApiTokenOut",
    "AppPortalAccessIn",
    "AppPortalAccessOut",
    "AppUsageStatsIn",
    "AppUsageStatsOut",
    "ApplicationTokenExpireIn",
    "BackgroundTaskOut",
    "ConnectorIn",
    "ConnectorOut",
    "DashboardAccessOut",
    "EnvironmentIn",
    "EnvironmentOut",
    "ExpungeAllContentsOut",
    "RecoverOut",
    "ReplayOut",
    "RotatePollerTokenIn",
    "StreamPortalAccessIn",
    "StreamTokenExpireIn",
]


class AppPortalAccessIn(Model, frozen=True, kw_only=True):
    """Options of an App Portal login."""

    application: ApplicationIn | UnsetType | None = UNSET
    """Application to create if the addressed one does not exist. Not in API 1.4."""
    capabilities: list[AppPortalCapability] | UnsetType | None = UNSET
    """Permissions of the login; all by default. Not in API 1.4."""
    expiry: int | UnsetType | None = UNSET
    """Lifetime in seconds, 3600 to 604800. 604800 by default; not in API 1.4."""
    feature_flags: list[str] | UnsetType = UNSET
    """Feature flags of the login, 1 to 25."""
    session_id: str | UnsetType | None = UNSET
    """Name with which to expire the login: 1 to 64 letters, digits or any of `@_-`. Not in API 1.4."""
    read_only: bool | UnsetType | None = UNSET
    """Deprecated by the provider: use `capabilities`. Not in API 1.4."""


class AppPortalAccessOut(Model, frozen=True, kw_only=True):
    """An App Portal login. Its URL is a credential."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"token", "url"})

    url: str
    """URL to which to redirect the user."""
    token: str
    """Token of the login."""


class DashboardAccessOut(AppPortalAccessOut, frozen=True, kw_only=True):
    """A login to the predecessor of the App Portal."""


class ApplicationTokenExpireIn(Model, frozen=True, kw_only=True):
    """The App Portal logins of an application to expire, and when."""

    expiry: int | UnsetType | None = UNSET
    """Delay in seconds, 0 to 259200. 0 by default."""
    session_ids: list[str] | UnsetType = UNSET
    """`session_id` of each login to expire, up to 1000; all by default. Not in API 1.4."""


class StreamPortalAccessIn(Model, frozen=True, kw_only=True):
    """Options of a Stream Portal login."""

    feature_flags: list[str] | UnsetType = UNSET
    """Feature flags of the login, 1 to 25."""
    expiry: int | UnsetType | None = UNSET
    """Lifetime in seconds, 3600 to 604800. 604800 by default."""
    session_id: str | UnsetType | None = UNSET
    """Name with which to expire the login: 1 to 64 letters, digits or any of `@_-`."""


class StreamTokenExpireIn(ApplicationTokenExpireIn, frozen=True, kw_only=True):
    """The Stream Portal logins of a stream to expire, and when."""


class RotatePollerTokenIn(Model, frozen=True, kw_only=True):
    """Options of a rotation of a polling sink's token."""

    expiry: int | UnsetType | None = UNSET
    """Lifetime of the new token in seconds, 1 to 31536000."""
    old_token_expiry: int | UnsetType = UNSET
    """How long the previous token remains valid, in seconds, 0 to 86400. 300 by default."""


class ApiTokenOut(Model, frozen=True, kw_only=True):
    """A token for this API."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"token"})

    id: str
    """Id of the token."""
    token: str
    """The token."""
    created_at: datetime
    """Time of creation."""
    name: str | None = None
    """Human-readable name."""
    expires_at: datetime | None = None
    """Time of expiry; None: it does not expire."""
    scopes: list[str] | None = None
    """Permissions of the token."""


class _Task(Model, frozen=True, kw_only=True):
    """Response to the start of a background task. Old servers sent no body."""

    id: str = ""
    """Id of the task, for `background_task.get`; "" if the server sent none."""
    status: BackgroundTaskStatus = BackgroundTaskStatus.RUNNING
    """Status of the task."""
    task: BackgroundTaskType | None = None
    """Type of the task."""
    updated_at: datetime | None = None
    """Time of the last update. None in API 1.4."""


class RecoverOut(_Task, frozen=True, kw_only=True):
    """The task that resends failed messages."""


class ReplayOut(_Task, frozen=True, kw_only=True):
    """The task that resends messages, or sends those that were never attempted."""


class ExpungeAllContentsOut(_Task, frozen=True, kw_only=True):
    """The task that deletes the payloads of all messages of an application."""


class AggregateEventTypesOut(_Task, frozen=True, kw_only=True):
    """The task that counts messages by event type."""


class AppUsageStatsOut(_Task, frozen=True, kw_only=True):
    """The task that counts messages by application."""

    unresolved_app_ids: list[str] = field(default_factory=list[str])
    """Requested ids for which no application exists."""


class BackgroundTaskOut(Model, frozen=True, kw_only=True):
    """A background task of the server."""

    id: str
    """Server-assigned id: `qtask_` and 27 letters or digits."""
    status: BackgroundTaskStatus
    """Status of the task."""
    task: BackgroundTaskType
    """Type of the task."""
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    """Result of the task, which depends on its type."""
    updated_at: datetime | None = None
    """Time of the last status change. None in API 1.4."""


class AppUsageStatsIn(Model, frozen=True, kw_only=True):
    """The period and the applications to count messages of."""

    since: datetime
    """Start of the period."""
    until: datetime
    """End of the period."""
    app_ids: list[str] | UnsetType | None = UNSET
    """Ids or uids of the applications; all by default."""


class ConnectorIn(Model, frozen=True, kw_only=True):
    """A connector to import: a transformation that users choose for a service."""

    name: str
    """Human-readable name."""
    transformation: str
    """JavaScript source, 10 to 51200 characters."""
    uid: str | UnsetType | None = UNSET
    """Your own identifier: 1 to 256 letters, digits or any of `-_.`."""
    logo: str | UnsetType | None = UNSET
    """URL of the logo."""
    description: str | UnsetType = UNSET
    """Human-readable description."""
    kind: ConnectorKind | UnsetType = UNSET
    """Service that the connector sends to. Custom by default."""
    instructions: str | UnsetType = UNSET
    """Setup instructions for the user."""
    allowed_event_types: list[str] | UnsetType | None = UNSET
    """Supported event types, at least 1; None: all."""
    feature_flags: list[str] | UnsetType | None = UNSET
    """Feature flags, one of which a user needs to see the connector; None: visible to all users."""
    product_type: ConnectorProduct | UnsetType | None = UNSET
    """Product of the connector."""


class ConnectorOut(Model, frozen=True, kw_only=True):
    """A connector of an environment."""

    id: str
    """Server-assigned id: `trtmpl_` and 27 letters or digits."""
    name: str
    """Human-readable name."""
    transformation: str
    """JavaScript source."""
    created_at: datetime
    """Time of creation."""
    updated_at: datetime
    """Time of the last change."""
    org_id: str = ""
    """Id of the organisation."""
    kind: ConnectorKind = ConnectorKind.CUSTOM
    """Service that the connector sends to."""
    uid: str | None = None
    """Your own identifier."""
    logo: str | None = None
    """URL of the logo."""
    description: str = ""
    """Human-readable description."""
    instructions: str = ""
    """Setup instructions for the user."""
    allowed_event_types: list[str] | None = None
    """Supported event types; None: all."""
    feature_flags: list[str] | None = None
    """Feature flags, one of which a user needs to see the connector; None: visible to all users."""
    product_type: ConnectorProduct | None = None
    """Product of the connector."""
    transformation_updated_at: datetime | None = None
    """Time of the last change of the source."""


class EnvironmentOut(Model, frozen=True, kw_only=True):
    """An exported environment."""

    created_at: datetime
    """Time of the export."""
    event_types: list[EventTypeOut]
    """Event types of the environment."""
    connectors: list[ConnectorOut] = field(default_factory=list[ConnectorOut])
    """Connectors of the environment."""
    settings: dict[str, Any] | None = None
    """Settings of the environment, under the server's names."""
    version: int = 1
    """Version of the export format."""


class EnvironmentIn(Model, frozen=True, kw_only=True):
    """Configuration to import into an environment. Fields that are `UNSET` are not changed."""

    event_types: list[EventTypeIn] | UnsetType | None = UNSET
    """Event types to import."""
    connectors: list[ConnectorIn] | UnsetType | None = UNSET
    """Connectors to import."""
    settings: dict[str, Any] | UnsetType | None = UNSET
    """Settings to import, under the server's names."""
