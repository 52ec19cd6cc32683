"""Operations on what belongs to the account as a whole: logins, tasks, health, statistics, environments."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import ListCall
from webhook_verify.api.svix.models.account import (
    AggregateEventTypesOut,
    AppPortalAccessIn,
    AppPortalAccessOut,
    AppUsageStatsIn,
    AppUsageStatsOut,
    ApplicationTokenExpireIn,
    BackgroundTaskOut,
    DashboardAccessOut,
    EnvironmentIn,
    EnvironmentOut,
)
from webhook_verify.api.svix.models.enums import BackgroundTaskStatus, BackgroundTaskType
from webhook_verify.api.svix.models.page import Page

__all__ = ["Authentication", "BackgroundTask", "Environment", "Health", "Statistics"]


class Authentication(Resource[AnySender]):
    """Logins to the App Portal, where a customer manages the endpoints of an application."""

    @operation
    def app_portal_access(
        self, app_id: str, access: AppPortalAccessIn | None = None, **call: Unpack[PostCall]
    ) -> Operation[AppPortalAccessOut]:
        """A login to the App Portal of an application."""
        template, body = "/api/v1/auth/app-portal-access/{}", access or AppPortalAccessIn()
        return request("POST", template, app_id, body=body, returns=AppPortalAccessOut)

    @operation
    def expire_all(
        self, app_id: str, which: ApplicationTokenExpireIn | None = None, **call: Unpack[PostCall]
    ) -> Operation[None]:
        """End all logins of an application, or those that ``which`` names."""
        body = which or ApplicationTokenExpireIn()
        return request("POST", "/api/v1/auth/app/{}/expire-all", app_id, body=body)

    @operation
    def dashboard_access(self, app_id: str, **call: Unpack[PostCall]) -> Operation[DashboardAccessOut]:
        """A login to what the App Portal was before. Deprecated: use :meth:`app_portal_access`."""
        return request("POST", "/api/v1/auth/dashboard-access/{}", app_id, returns=DashboardAccessOut)

    @operation
    def logout(self, **call: Unpack[PostCall]) -> Operation[None]:
        """End the login whose token this client has. An API token stays good."""
        return request("POST", "/api/v1/auth/logout")


class BackgroundTask(Resource[AnySender]):
    """What the server works on in the background."""

    @paged
    def list(
        self,
        *,
        status: BackgroundTaskStatus | None = None,
        task: BackgroundTaskType | None = None,
        **call: Unpack[ListCall],
    ) -> Operation[Page[BackgroundTaskOut]]:
        """All tasks. API 1.4 knows neither ``status`` nor ``task``."""
        query = {"status": status, "task": task, **call}
        return request("GET", "/api/v1/background-task", query=query, returns=Page[BackgroundTaskOut])

    @operation
    def get(self, task_id: str, **call: Unpack[Call]) -> Operation[BackgroundTaskOut]:
        """One task."""
        return request("GET", "/api/v1/background-task/{}", task_id, returns=BackgroundTaskOut)


class Health(Resource[AnySender]):
    """Whether the server is well."""

    @operation
    def get(self, **call: Unpack[Call]) -> Operation[None]:
        """Returns if the server is well, and raises :class:`APIError` if it is not."""
        return request("GET", "/api/v1/health")


class Statistics(Resource[AnySender]):
    """Counts, made in the background. Not in API 1.4."""

    @operation
    def aggregate_app_stats(
        self, which: AppUsageStatsIn, **call: Unpack[PostCall]
    ) -> Operation[AppUsageStatsOut]:
        """Count messages by application; the result is in the task's ``data``."""
        return request("POST", "/api/v1/stats/usage/app", body=which, returns=AppUsageStatsOut)

    @operation
    def aggregate_event_types(self, **call: Unpack[Call]) -> Operation[AggregateEventTypesOut]:
        """Count messages by event type; the result is in the task's ``data``."""
        return request("PUT", "/api/v1/stats/usage/event-types", returns=AggregateEventTypesOut)


class Environment(Resource[AnySender]):
    """The settings of an environment, to carry them to another one. Not in API 1.4."""

    @operation
    def export(self, **call: Unpack[PostCall]) -> Operation[EnvironmentOut]:
        """The environment's event types, connectors and settings."""
        return request("POST", "/api/v1/environment/export", returns=EnvironmentOut)

    @operation
    def import_(self, environment: EnvironmentIn, **call: Unpack[PostCall]) -> Operation[None]:
        """Take over event types, connectors and settings."""
        return request("POST", "/api/v1/environment/import", body=environment)
