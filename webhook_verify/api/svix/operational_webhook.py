"""Operations on the endpoints that get operational webhooks. Not in API 1.4."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import ListCall
from webhook_verify.api.svix.models.operational_webhook import (
    OperationalWebhookEndpointHeadersIn,
    OperationalWebhookEndpointHeadersOut,
    OperationalWebhookEndpointIn,
    OperationalWebhookEndpointOut,
    OperationalWebhookEndpointSecretIn,
    OperationalWebhookEndpointSecretOut,
    OperationalWebhookEndpointUpsertIn,
)
from webhook_verify.api.svix.models.page import Page

__all__ = ["OperationalWebhookEndpoint"]

_ALL = "/api/v1/operational-webhook/endpoint"
_ONE = "/api/v1/operational-webhook/endpoint/{}"


class OperationalWebhookEndpoint(Resource[AnySender]):
    """Your own endpoints, to which the provider tells what happens to those of your customers."""

    @paged
    def list(self, **call: Unpack[ListCall]) -> Operation[Page[OperationalWebhookEndpointOut]]:
        """All such endpoints."""
        return request("GET", _ALL, query=call, returns=Page[OperationalWebhookEndpointOut])

    @operation
    def create(
        self, endpoint: OperationalWebhookEndpointIn, **call: Unpack[PostCall]
    ) -> Operation[OperationalWebhookEndpointOut]:
        """Create an endpoint. Deliveries to it start at once."""
        return request("POST", _ALL, body=endpoint, returns=OperationalWebhookEndpointOut)

    @operation
    def get(self, endpoint_id: str, **call: Unpack[Call]) -> Operation[OperationalWebhookEndpointOut]:
        """One endpoint."""
        return request("GET", _ONE, endpoint_id, returns=OperationalWebhookEndpointOut)

    @operation
    def upsert(
        self, endpoint_id: str, endpoint: OperationalWebhookEndpointUpsertIn, **call: Unpack[Call]
    ) -> Operation[OperationalWebhookEndpointOut]:
        """Replace an endpoint, or create it."""
        return request("PUT", _ONE, endpoint_id, body=endpoint, returns=OperationalWebhookEndpointOut)

    @operation
    def delete(self, endpoint_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete an endpoint."""
        return request("DELETE", _ONE, endpoint_id)

    @operation
    def get_secret(
        self, endpoint_id: str, **call: Unpack[Call]
    ) -> Operation[OperationalWebhookEndpointSecretOut]:
        """The secret that deliveries to the endpoint are signed with."""
        return request("GET", _ONE + "/secret", endpoint_id, returns=OperationalWebhookEndpointSecretOut)

    @operation
    def rotate_secret(
        self,
        endpoint_id: str,
        rotation: OperationalWebhookEndpointSecretIn | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[None]:
        """Make another secret valid. The old one signs as well for a day, or as long as ``rotation`` says."""
        rotation = rotation or OperationalWebhookEndpointSecretIn()
        return request("POST", _ONE + "/secret/rotate", endpoint_id, body=rotation)

    @operation
    def get_headers(
        self, endpoint_id: str, **call: Unpack[Call]
    ) -> Operation[OperationalWebhookEndpointHeadersOut]:
        """The headers that are added to every delivery."""
        return request("GET", _ONE + "/headers", endpoint_id, returns=OperationalWebhookEndpointHeadersOut)

    @operation
    def set_headers(
        self, endpoint_id: str, headers: OperationalWebhookEndpointHeadersIn, **call: Unpack[Call]
    ) -> Operation[None]:
        """Replace all headers that are added to every delivery."""
        return request("PUT", _ONE + "/headers", endpoint_id, body=headers)
