"""Operations on applications."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import ListCall
from webhook_verify.api.svix.models.application import ApplicationIn, ApplicationOut, ApplicationPatch
from webhook_verify.api.svix.models.page import Page

__all__ = ["Application"]


class Application(Resource[AnySender]):
    """Operations on applications."""

    @paged
    def list(
        self,
        *,
        exclude_apps_with_no_endpoints: bool | None = None,
        exclude_apps_with_disabled_endpoints: bool | None = None,
        exclude_apps_with_svix_play_endpoints: bool | None = None,
        **call: Unpack[ListCall],
    ) -> Operation[Page[ApplicationOut]]:
        """List the applications.

        API 1.4 does not support the `exclude_` filters.

        Args:
            exclude_apps_with_no_endpoints: Whether to omit applications without an endpoint.
            exclude_apps_with_disabled_endpoints: Whether to omit applications that have only disabled
                endpoints.
            exclude_apps_with_svix_play_endpoints: Whether to omit applications that have only Svix Play
                endpoints.
            **call: Paging (`limit`, `iterator`, `order`), `timeout` in seconds.

        Returns:
            The applications; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
        """
        query = {
            "exclude_apps_with_no_endpoints": exclude_apps_with_no_endpoints,
            "exclude_apps_with_disabled_endpoints": exclude_apps_with_disabled_endpoints,
            "exclude_apps_with_svix_play_endpoints": exclude_apps_with_svix_play_endpoints,
            **call,
        }
        return request("GET", "/api/v1/app", query=query, returns=Page[ApplicationOut])

    @operation
    def create(
        self, application_in: ApplicationIn, *, get_if_exists: bool | None = None, **call: Unpack[PostCall]
    ) -> Operation[ApplicationOut]:
        """Create an application.

        Args:
            application_in: The application to create. Its uid must be unique.
            get_if_exists: Whether to return an existing application with the same uid instead of failing.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The application.

        Raises:
            APIError: If the request fails after its retries.
        """
        query = {"get_if_exists": get_if_exists}
        return request("POST", "/api/v1/app", query=query, body=application_in, returns=ApplicationOut)

    @operation
    def get_or_create(
        self, application_in: ApplicationIn, **call: Unpack[PostCall]
    ) -> Operation[ApplicationOut]:
        """Return the application with this uid, creating it if it does not exist.

        Args:
            application_in: The application to create. An existing one is not changed.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The existing or the new application.

        Raises:
            APIError: If the request fails after its retries.
        """
        query = {"get_if_exists": True}
        return request("POST", "/api/v1/app", query=query, body=application_in, returns=ApplicationOut)

    @operation
    def get(self, app_id: str, **call: Unpack[Call]) -> Operation[ApplicationOut]:
        """Return an application.

        Args:
            app_id: Id or uid of the application.
            **call: `timeout` in seconds.

        Returns:
            The application.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        return request("GET", "/api/v1/app/{}", app_id, returns=ApplicationOut)

    @operation
    def upsert(
        self, app_id: str, application_in: ApplicationIn, **call: Unpack[Call]
    ) -> Operation[ApplicationOut]:
        """Replace an application, or create it if it does not exist.

        Args:
            app_id: Id or uid of the application.
            application_in: All fields of the application.
            **call: `timeout` in seconds.

        Returns:
            The application.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        return request("PUT", "/api/v1/app/{}", app_id, body=application_in, returns=ApplicationOut)

    @operation
    def patch(
        self, app_id: str, application_patch: ApplicationPatch, **call: Unpack[Call]
    ) -> Operation[ApplicationOut]:
        """Change individual fields of an application.

        Not in API 1.4.

        Args:
            app_id: Id or uid of the application.
            application_patch: The fields to change. Fields that are `UNSET` keep their values; None clears
                a field.
            **call: `timeout` in seconds.

        Returns:
            The changed application.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        return request("PATCH", "/api/v1/app/{}", app_id, body=application_patch, returns=ApplicationOut)

    @operation
    def delete(self, app_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete an application and everything that belongs to it.

        Args:
            app_id: Id or uid of the application.
            **call: `timeout` in seconds.

        Returns:
            None once it is deleted.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        return request("DELETE", "/api/v1/app/{}", app_id)
