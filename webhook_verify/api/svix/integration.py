"""Operations on integrations."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import ListCall
from webhook_verify.api.svix.models.integration import (
    IntegrationIn,
    IntegrationKeyOut,
    IntegrationOut,
    IntegrationUpdate,
)
from webhook_verify.api.svix.models.page import Page

__all__ = ["Integration"]

_ALL = "/api/v1/app/{}/integration"
_ONE = "/api/v1/app/{}/integration/{}"


class Integration(Resource[AnySender]):
    """Operations on the integrations of an application."""

    @paged
    def list(self, app_id: str, **call: Unpack[ListCall]) -> Operation[Page[IntegrationOut]]:
        """List the integrations of an application.

        API 1.4 does not support `order`.

        Args:
            app_id: Id or uid of the application.
            **call: Paging (`limit`, `iterator`, `order`), `timeout` in seconds.

        Returns:
            The integrations; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        return request("GET", _ALL, app_id, query=call, returns=Page[IntegrationOut])

    @operation
    def create(
        self, app_id: str, integration_in: IntegrationIn, **call: Unpack[PostCall]
    ) -> Operation[IntegrationOut]:
        """Create an integration.

        Args:
            app_id: Id or uid of the application.
            integration_in: The integration to create.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The integration.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        return request("POST", _ALL, app_id, body=integration_in, returns=IntegrationOut)

    @operation
    def get(self, app_id: str, integ_id: str, **call: Unpack[Call]) -> Operation[IntegrationOut]:
        """Return an integration.

        Args:
            app_id: Id or uid of the application.
            integ_id: Id of the integration.
            **call: `timeout` in seconds.

        Returns:
            The integration.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("GET", _ONE, app_id, integ_id, returns=IntegrationOut)

    @operation
    def update(
        self, app_id: str, integ_id: str, integration_update: IntegrationUpdate, **call: Unpack[Call]
    ) -> Operation[IntegrationOut]:
        """Replace an integration.

        Args:
            app_id: Id or uid of the application.
            integ_id: Id of the integration.
            integration_update: All fields of the integration.
            **call: `timeout` in seconds.

        Returns:
            The changed integration.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("PUT", _ONE, app_id, integ_id, body=integration_update, returns=IntegrationOut)

    @operation
    def delete(self, app_id: str, integ_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete an integration and invalidate its key.

        Args:
            app_id: Id or uid of the application.
            integ_id: Id of the integration.
            **call: `timeout` in seconds.

        Returns:
            None once it is deleted.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("DELETE", _ONE, app_id, integ_id)

    @operation
    def get_key(self, app_id: str, integ_id: str, **call: Unpack[Call]) -> Operation[IntegrationKeyOut]:
        """Return the key of an integration.

        Deprecated: only in API 1.4; use `rotate_key`.

        Args:
            app_id: Id or uid of the application.
            integ_id: Id of the integration.
            **call: `timeout` in seconds.

        Returns:
            The key.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("GET", _ONE + "/key", app_id, integ_id, returns=IntegrationKeyOut)

    @operation
    def rotate_key(
        self, app_id: str, integ_id: str, **call: Unpack[PostCall]
    ) -> Operation[IntegrationKeyOut]:
        """Create a new key of an integration and invalidate the previous one.

        Args:
            app_id: Id or uid of the application.
            integ_id: Id of the integration.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The new key.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("POST", _ONE + "/key/rotate", app_id, integ_id, returns=IntegrationKeyOut)
