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
    """The integrations of an application."""

    @paged
    def list(self, app_id: str, **call: Unpack[ListCall]) -> Operation[Page[IntegrationOut]]:
        """All integrations of an application. No ``order`` in API 1.4."""
        return request("GET", _ALL, app_id, query=call, returns=Page[IntegrationOut])

    @operation
    def create(
        self, app_id: str, integration: IntegrationIn, **call: Unpack[PostCall]
    ) -> Operation[IntegrationOut]:
        """Create an integration."""
        return request("POST", _ALL, app_id, body=integration, returns=IntegrationOut)

    @operation
    def get(self, app_id: str, integ_id: str, **call: Unpack[Call]) -> Operation[IntegrationOut]:
        """One integration."""
        return request("GET", _ONE, app_id, integ_id, returns=IntegrationOut)

    @operation
    def update(
        self, app_id: str, integ_id: str, integration: IntegrationUpdate, **call: Unpack[Call]
    ) -> Operation[IntegrationOut]:
        """Replace an integration."""
        return request("PUT", _ONE, app_id, integ_id, body=integration, returns=IntegrationOut)

    @operation
    def delete(self, app_id: str, integ_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete an integration; its key is no longer good."""
        return request("DELETE", _ONE, app_id, integ_id)

    @operation
    def get_key(self, app_id: str, integ_id: str, **call: Unpack[Call]) -> Operation[IntegrationKeyOut]:
        """The key of an integration. Deprecated: only in API 1.4; use :meth:`rotate_key`."""
        return request("GET", _ONE + "/key", app_id, integ_id, returns=IntegrationKeyOut)

    @operation
    def rotate_key(
        self, app_id: str, integ_id: str, **call: Unpack[PostCall]
    ) -> Operation[IntegrationKeyOut]:
        """A new key of an integration; the old one is no longer good."""
        return request("POST", _ONE + "/key/rotate", app_id, integ_id, returns=IntegrationKeyOut)
