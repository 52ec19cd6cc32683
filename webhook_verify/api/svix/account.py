"""Operations on the account: logins, background tasks, health, statistics and environments."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import ListCall
from webhook_verify.api.svix.models.account import (
    AggregateEventTypesOut,
    ApiTokenOut,
    AppPortalAccessIn,
    AppPortalAccessOut,
    AppUsageStatsIn,
    AppUsageStatsOut,
    ApplicationTokenExpireIn,
    BackgroundTaskOut,
    DashboardAccessOut,
    EnvironmentIn,
    EnvironmentOut,
    RotatePollerTokenIn,
    StreamPortalAccessIn,
    StreamTokenExpireIn,
)
from webhook_verify.api.svix.models.enums import BackgroundTaskStatus, BackgroundTaskType
from webhook_verify.api.svix.models.page import Page

__all__ = ["Authentication", "BackgroundTask", "Environment", "Health", "Statistics"]

_POLLER_TOKEN = "/api/v1/auth/stream/{}/sink/{}/poller/token"


class Authentication(Resource[AnySender]):
    """Operations on logins of your customers to the App Portal and the Stream Portal."""

    @operation
    def app_portal_access(
        self, app_id: str, app_portal_access_in: AppPortalAccessIn | None = None, **call: Unpack[PostCall]
    ) -> Operation[AppPortalAccessOut]:
        """Create an App Portal login for an application.

        Args:
            app_id: Id or uid of the application.
            app_portal_access_in: Options of the login, such as its lifetime. By default those of the server.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The login URL and its token.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        template = "/api/v1/auth/app-portal-access/{}"
        body = app_portal_access_in or AppPortalAccessIn()
        return request("POST", template, app_id, body=body, returns=AppPortalAccessOut)

    @operation
    def expire_all(
        self,
        app_id: str,
        application_token_expire_in: ApplicationTokenExpireIn | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[None]:
        """Expire the App Portal logins of an application.

        Args:
            app_id: Id or uid of the application.
            application_token_expire_in: The logins to expire, and when. By default all of them, immediately.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            None once the server has accepted the request.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        body = application_token_expire_in or ApplicationTokenExpireIn()
        return request("POST", "/api/v1/auth/app/{}/expire-all", app_id, body=body)

    @operation
    def dashboard_access(self, app_id: str, **call: Unpack[PostCall]) -> Operation[DashboardAccessOut]:
        """Create a login to the predecessor of the App Portal.

        Deprecated: use `app_portal_access`.

        Args:
            app_id: Id or uid of the application.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The login URL and its token.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        return request("POST", "/api/v1/auth/dashboard-access/{}", app_id, returns=DashboardAccessOut)

    @operation
    def logout(self, **call: Unpack[PostCall]) -> Operation[None]:
        """Expire the login token that this client uses.

        An API token is not affected.

        Args:
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            None once the token has expired.

        Raises:
            APIError: If the request fails after its retries.
        """
        return request("POST", "/api/v1/auth/logout")

    @operation
    def stream_portal_access(
        self,
        stream_id: str,
        stream_portal_access_in: StreamPortalAccessIn | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[AppPortalAccessOut]:
        """Create a Stream Portal login for a stream."""
        template = "/api/v1/auth/stream-portal-access/{}"
        body = stream_portal_access_in or StreamPortalAccessIn()
        return request("POST", template, stream_id, body=body, returns=AppPortalAccessOut)

    @operation
    def stream_expire_all(
        self,
        stream_id: str,
        stream_token_expire_in: StreamTokenExpireIn | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[None]:
        """Expire the Stream Portal logins of a stream."""
        body = stream_token_expire_in or StreamTokenExpireIn()
        return request("POST", "/api/v1/auth/stream/{}/expire-all", stream_id, body=body)

    @operation
    def stream_logout(self, **call: Unpack[PostCall]) -> Operation[None]:
        """Expire the Stream Portal login token that this client uses."""
        return request("POST", "/api/v1/auth/stream-logout")

    @operation
    def get_stream_poller_token(
        self, stream_id: str, sink_id: str, **call: Unpack[Call]
    ) -> Operation[ApiTokenOut]:
        """Return the token of a polling sink."""
        return request("GET", _POLLER_TOKEN, stream_id, sink_id, returns=ApiTokenOut)

    @operation
    def rotate_stream_poller_token(
        self,
        stream_id: str,
        sink_id: str,
        rotate_poller_token_in: RotatePollerTokenIn | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[ApiTokenOut]:
        """Replace the token of a polling sink."""
        body = rotate_poller_token_in or RotatePollerTokenIn()
        return request("POST", _POLLER_TOKEN + "/rotate", stream_id, sink_id, body=body, returns=ApiTokenOut)


class BackgroundTask(Resource[AnySender]):
    """Operations on background tasks of the server, such as a replay."""

    @paged
    def list(
        self,
        *,
        status: BackgroundTaskStatus | None = None,
        task: BackgroundTaskType | None = None,
        **call: Unpack[ListCall],
    ) -> Operation[Page[BackgroundTaskOut]]:
        """List the background tasks.

        Args:
            status: Only tasks with this status. Not in API 1.4.
            task: Only tasks of this type. Not in API 1.4.
            **call: Paging (`limit`, `iterator`, `order`), `timeout` in seconds.

        Returns:
            The tasks; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
        """
        query = {"status": status, "task": task, **call}
        return request("GET", "/api/v1/background-task", query=query, returns=Page[BackgroundTaskOut])

    @operation
    def get(self, task_id: str, **call: Unpack[Call]) -> Operation[BackgroundTaskOut]:
        """Return a background task.

        Args:
            task_id: Id of the background task.
            **call: `timeout` in seconds.

        Returns:
            The task.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `task_id` is empty, `.` or `..`.
        """
        return request("GET", "/api/v1/background-task/{}", task_id, returns=BackgroundTaskOut)


class Health(Resource[AnySender]):
    """Health check of the API."""

    @operation
    def get(self, **call: Unpack[Call]) -> Operation[None]:
        """Check that the API is healthy.

        Args:
            **call: `timeout` in seconds.

        Returns:
            None if the API is healthy.

        Raises:
            APIError: If the request fails after its retries.
        """
        return request("GET", "/api/v1/health")

    @operation
    def ping(self, **call: Unpack[Call]) -> Operation[None]:
        """Check that the API can be reached. The response has no content; not every server has it."""
        return request("GET", "/api/v1/health/ping")


class Statistics(Resource[AnySender]):
    """Message counts, computed by background tasks. Not in API 1.4."""

    @operation
    def aggregate_app_stats(
        self, app_usage_stats_in: AppUsageStatsIn, **call: Unpack[PostCall]
    ) -> Operation[AppUsageStatsOut]:
        """Start a task that counts messages by application.

        Args:
            app_usage_stats_in: The period and the applications to count.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The task. The counts are in its `data` once it has finished.

        Raises:
            APIError: If the request fails after its retries.
        """
        return request("POST", "/api/v1/stats/usage/app", body=app_usage_stats_in, returns=AppUsageStatsOut)

    @operation
    def aggregate_event_types(self, **call: Unpack[Call]) -> Operation[AggregateEventTypesOut]:
        """Start a task that counts messages by event type.

        Args:
            **call: `timeout` in seconds.

        Returns:
            The task. The counts are in its `data` once it has finished.

        Raises:
            APIError: If the request fails after its retries.
        """
        return request("PUT", "/api/v1/stats/usage/event-types", returns=AggregateEventTypesOut)


class Environment(Resource[AnySender]):
    """Export and import of an environment's configuration. Not in API 1.4."""

    @operation
    def export(self, **call: Unpack[PostCall]) -> Operation[EnvironmentOut]:
        """Export the environment's event types, connectors and settings.

        Args:
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The exported environment.

        Raises:
            APIError: If the request fails after its retries.
        """
        return request("POST", "/api/v1/environment/export", returns=EnvironmentOut)

    @operation
    def import_(self, environment_in: EnvironmentIn, **call: Unpack[PostCall]) -> Operation[None]:
        """Import event types, connectors and settings into the environment.

        Args:
            environment_in: The event types, connectors and settings.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            None once they are imported.

        Raises:
            APIError: If the request fails after its retries.
        """
        return request("POST", "/api/v1/environment/import", body=environment_in)
