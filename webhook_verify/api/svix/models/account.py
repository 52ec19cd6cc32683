"""Logins, background tasks, statistics and environments: what belongs to the account as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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
]


class AppPortalAccessIn(Model, frozen=True, kw_only=True):
    """A login to the App Portal."""

    application: ApplicationIn | UnsetType | None = UNSET
    """The application to create first, where the one that is addressed does not exist. Not in API 1.4."""
    capabilities: list[AppPortalCapability] | UnsetType | None = UNSET
    """What the login may do; all by default. Not in API 1.4."""
    expiry: int | UnsetType | None = UNSET
    """How long it is good, 3600 to 604800 seconds. 604800 by default; not in API 1.4."""
    feature_flags: list[str] | UnsetType = UNSET
    """Flags that it has, 1 to 25."""
    session_id: str | UnsetType | None = UNSET
    """Its name, to end it by, 1 to 64 letters, digits, ``@_-``. Not in API 1.4."""
    read_only: bool | UnsetType | None = UNSET
    """Deprecated by the provider: say so by ``capabilities``. Not in API 1.4."""


class AppPortalAccessOut(Model, frozen=True, kw_only=True):
    """A login to the App Portal. Whoever has the URL is logged in."""

    redacted_fields = frozenset({"token", "url"})

    url: str
    """Where to send the user."""
    token: str
    """The token of the login."""


class DashboardAccessOut(AppPortalAccessOut, frozen=True, kw_only=True):
    """A login to what the App Portal was called before."""


class ApplicationTokenExpireIn(Model, frozen=True, kw_only=True):
    """Which logins of an application end, and when."""

    expiry: int | UnsetType | None = UNSET
    """In how many seconds, 0 to 259200. At once by default."""
    session_ids: list[str] | UnsetType = UNSET
    """Names of the logins, up to 1000; all by default. Not in API 1.4."""


class _Task(Model, frozen=True, kw_only=True):
    """What every answer tells that starts a background task. Old servers answered with no body at all."""

    id: str = ""
    """The id of the task, for ``background_task.get``; "" if the server told none."""
    status: BackgroundTaskStatus = BackgroundTaskStatus.RUNNING
    """How far it is."""
    task: BackgroundTaskType | None = None
    """What it does."""
    updated_at: datetime | None = None
    """When it was looked at last. None in API 1.4."""


class RecoverOut(_Task, frozen=True, kw_only=True):
    """The task that delivers failed messages again."""


class ReplayOut(_Task, frozen=True, kw_only=True):
    """The task that delivers messages again, or that were never tried."""


class ExpungeAllContentsOut(_Task, frozen=True, kw_only=True):
    """The task that deletes the payloads of all messages of an application."""


class AggregateEventTypesOut(_Task, frozen=True, kw_only=True):
    """The task that counts by event type."""


class AppUsageStatsOut(_Task, frozen=True, kw_only=True):
    """The task that counts by application."""

    unresolved_app_ids: list[str] = field(default_factory=list[str])
    """Which of the given ids name no application."""


class BackgroundTaskOut(Model, frozen=True, kw_only=True):
    """A task that the server works on."""

    id: str
    """The id that the server gave, ``qtask_`` and 27 letters and digits."""
    status: BackgroundTaskStatus
    """How far it is."""
    task: BackgroundTaskType
    """What it does."""
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    """Its result, which depends on what it does."""
    updated_at: datetime | None = None
    """When its state changed last. None in API 1.4."""


class AppUsageStatsIn(Model, frozen=True, kw_only=True):
    """What to count."""

    since: datetime
    """From this time on."""
    until: datetime
    """Up to this time."""
    app_ids: list[str] | UnsetType | None = UNSET
    """Ids or uids of applications; all by default."""


class ConnectorIn(Model, frozen=True, kw_only=True):
    """A connector of an environment: a transformation that users choose for a service."""

    name: str
    """A name for people."""
    transformation: str
    """The JavaScript source, 10 to 51200 characters."""
    uid: str | UnsetType | None = UNSET
    """Your own id, 1 to 256 letters, digits, ``-_.``."""
    logo: str | UnsetType | None = UNSET
    """The URL of a picture."""
    description: str | UnsetType = UNSET
    """A text for people."""
    kind: ConnectorKind | UnsetType = UNSET
    """The service. Custom by default."""
    instructions: str | UnsetType = UNSET
    """A text for who sets it up."""
    allowed_event_types: list[str] | UnsetType | None = UNSET
    """The event types that it is for, at least 1; None: all."""
    feature_flags: list[str] | UnsetType | None = UNSET
    """Only who has one of these flags sees it; None: everybody."""
    product_type: ConnectorProduct | UnsetType | None = UNSET
    """The product that it belongs to."""


class ConnectorOut(Model, frozen=True, kw_only=True):
    """A connector of an environment."""

    id: str
    """The id that the server gave, ``trtmpl_`` and 27 letters and digits."""
    name: str
    """A name for people."""
    transformation: str
    """The JavaScript source."""
    created_at: datetime
    """When it was created."""
    updated_at: datetime
    """When it was changed last."""
    org_id: str = ""
    """The id of the organisation."""
    kind: ConnectorKind = ConnectorKind.CUSTOM
    """The service."""
    uid: str | None = None
    """Your own id."""
    logo: str | None = None
    """The URL of a picture."""
    description: str = ""
    """A text for people."""
    instructions: str = ""
    """A text for who sets it up."""
    allowed_event_types: list[str] | None = None
    """The event types that it is for; None: all."""
    feature_flags: list[str] | None = None
    """Only who has one of these flags sees it; None: everybody."""
    product_type: ConnectorProduct | None = None
    """The product that it belongs to."""
    transformation_updated_at: datetime | None = None
    """When the source was changed last."""


class EnvironmentOut(Model, frozen=True, kw_only=True):
    """An environment as it was exported."""

    created_at: datetime
    """When it was exported."""
    event_types: list[EventTypeOut]
    """Its event types."""
    connectors: list[ConnectorOut] = field(default_factory=list[ConnectorOut])
    """Its connectors."""
    settings: dict[str, Any] | None = None
    """Its settings, as the server names them."""
    version: int = 1
    """The version of this form."""


class EnvironmentIn(Model, frozen=True, kw_only=True):
    """What to import into an environment. What is not given stays."""

    event_types: list[EventTypeIn] | UnsetType | None = UNSET
    """Event types."""
    connectors: list[ConnectorIn] | UnsetType | None = UNSET
    """Connectors."""
    settings: dict[str, Any] | UnsetType | None = UNSET
    """Settings, as the server names them."""
