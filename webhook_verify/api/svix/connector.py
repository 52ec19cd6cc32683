"""Operations on connectors: transformations that users choose for a service."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import ListCall
from webhook_verify.api.svix.models.account import ConnectorIn, ConnectorOut
from webhook_verify.api.svix.models.connector import ConnectorPatch, ConnectorUpsertIn
from webhook_verify.api.svix.models.enums import ConnectorProduct
from webhook_verify.api.svix.models.page import Page

__all__ = ["Connector"]

_ALL, _ONE = "/api/v1/connector", "/api/v1/connector/{}"


class Connector(Resource[AnySender]):
    """Operations on the connectors of an environment. Not in API 1.4."""

    @paged
    def list(
        self, *, product_type: ConnectorProduct | None = None, **call: Unpack[ListCall]
    ) -> Operation[Page[ConnectorOut]]:
        """List the connectors."""
        query = {"product_type": product_type, **call}
        return request("GET", _ALL, query=query, returns=Page[ConnectorOut])

    @operation
    def create(self, connector_in: ConnectorIn, **call: Unpack[PostCall]) -> Operation[ConnectorOut]:
        """Create a connector."""
        return request("POST", _ALL, body=connector_in, returns=ConnectorOut)

    @operation
    def get(self, connector_id: str, **call: Unpack[Call]) -> Operation[ConnectorOut]:
        """Return a connector."""
        return request("GET", _ONE, connector_id, returns=ConnectorOut)

    @operation
    def upsert(
        self, connector_id: str, connector_upsert_in: ConnectorUpsertIn, **call: Unpack[Call]
    ) -> Operation[ConnectorOut]:
        """Replace a connector, or create it if it does not exist."""
        return request("PUT", _ONE, connector_id, body=connector_upsert_in, returns=ConnectorOut)

    @operation
    def delete(self, connector_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete a connector."""
        return request("DELETE", _ONE, connector_id)

    @operation
    def patch(
        self, connector_id: str, connector_patch: ConnectorPatch, **call: Unpack[Call]
    ) -> Operation[ConnectorOut]:
        """Change individual fields of a connector."""
        return request("PATCH", _ONE, connector_id, body=connector_patch, returns=ConnectorOut)
