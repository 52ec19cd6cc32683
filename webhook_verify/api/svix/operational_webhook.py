"""Operations on endpoints for operational webhooks. Not in API 1.4."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, optional, request
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

__all__ = ["OperationalWebhook", "OperationalWebhookEndpoint"]

_ALL = "/api/v1/operational-webhook/endpoint"
_ONE = "/api/v1/operational-webhook/endpoint/{}"


class OperationalWebhookEndpoint(Resource[AnySender]):
    """Operations on your endpoints for events about your account and your customers' endpoints."""

    @paged
    def list(self, **call: Unpack[ListCall]) -> Operation[Page[OperationalWebhookEndpointOut]]:
        """List the endpoints for operational webhooks.

        Args:
            **call: Paging (`limit`, `iterator`, `order`), `timeout` in seconds.

        Returns:
            The endpoints; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
        """
        return request("GET", _ALL, query=call, returns=Page[OperationalWebhookEndpointOut])

    @operation
    def create(
        self, operational_webhook_endpoint_in: OperationalWebhookEndpointIn, **call: Unpack[PostCall]
    ) -> Operation[OperationalWebhookEndpointOut]:
        """Create an endpoint. It receives operational webhooks immediately.

        Args:
            operational_webhook_endpoint_in: The endpoint to create.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The endpoint.

        Raises:
            APIError: If the request fails after its retries.
        """
        body, returns = operational_webhook_endpoint_in, OperationalWebhookEndpointOut
        return request("POST", _ALL, body=body, returns=returns)

    @operation
    def get(self, endpoint_id: str, **call: Unpack[Call]) -> Operation[OperationalWebhookEndpointOut]:
        """Return an endpoint.

        Args:
            endpoint_id: Id or uid of the endpoint.
            **call: `timeout` in seconds.

        Returns:
            The endpoint.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `endpoint_id` is empty, `.` or `..`.
        """
        return request("GET", _ONE, endpoint_id, returns=OperationalWebhookEndpointOut)

    @operation
    def upsert(
        self,
        endpoint_id: str,
        operational_webhook_endpoint_upsert_in: OperationalWebhookEndpointUpsertIn,
        **call: Unpack[Call],
    ) -> Operation[OperationalWebhookEndpointOut]:
        """Replace an endpoint, or create it if it does not exist.

        Args:
            endpoint_id: Id or uid of the endpoint.
            operational_webhook_endpoint_upsert_in: All fields of the endpoint. Fields that are `UNSET` get
                their defaults.
            **call: `timeout` in seconds.

        Returns:
            The endpoint.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `endpoint_id` is empty, `.` or `..`.
        """
        body = operational_webhook_endpoint_upsert_in
        return request("PUT", _ONE, endpoint_id, body=body, returns=OperationalWebhookEndpointOut)

    @operation
    def delete(self, endpoint_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete an endpoint.

        Args:
            endpoint_id: Id or uid of the endpoint.
            **call: `timeout` in seconds.

        Returns:
            None once it is deleted.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `endpoint_id` is empty, `.` or `..`.
        """
        return request("DELETE", _ONE, endpoint_id)

    @operation
    def get_secret(
        self, endpoint_id: str, **call: Unpack[Call]
    ) -> Operation[OperationalWebhookEndpointSecretOut]:
        """Return the signing secret of an endpoint.

        Args:
            endpoint_id: Id or uid of the endpoint.
            **call: `timeout` in seconds.

        Returns:
            The secret, as `webhook_verify.Verifier` takes it.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `endpoint_id` is empty, `.` or `..`.
        """
        return request("GET", _ONE + "/secret", endpoint_id, returns=OperationalWebhookEndpointSecretOut)

    @operation
    def rotate_secret(
        self,
        endpoint_id: str,
        operational_webhook_endpoint_secret_in: OperationalWebhookEndpointSecretIn | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[OperationalWebhookEndpointSecretOut | None]:
        """Replace the signing secret of an endpoint.

        During a grace period, a day by default, webhooks are signed with both secrets.

        Args:
            endpoint_id: Id or uid of the endpoint.
            operational_webhook_endpoint_secret_in: The new secret and the grace period. By default the server
                generates the secret.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The new secret, or None if the response lacks it. Then call `get_secret`.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `endpoint_id` is empty, `.` or `..`.
        """
        body = operational_webhook_endpoint_secret_in or OperationalWebhookEndpointSecretIn()
        decode = optional(OperationalWebhookEndpointSecretOut)
        return request("POST", _ONE + "/secret/rotate", endpoint_id, body=body, decode=decode)

    @operation
    def get_headers(
        self, endpoint_id: str, **call: Unpack[Call]
    ) -> Operation[OperationalWebhookEndpointHeadersOut]:
        """Return the additional headers of an endpoint's deliveries.

        Args:
            endpoint_id: Id or uid of the endpoint.
            **call: `timeout` in seconds.

        Returns:
            The headers.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `endpoint_id` is empty, `.` or `..`.
        """
        return request("GET", _ONE + "/headers", endpoint_id, returns=OperationalWebhookEndpointHeadersOut)

    @operation
    def set_headers(
        self,
        endpoint_id: str,
        operational_webhook_endpoint_headers_in: OperationalWebhookEndpointHeadersIn,
        **call: Unpack[Call],
    ) -> Operation[None]:
        """Replace the additional headers of an endpoint's deliveries.

        Args:
            endpoint_id: Id or uid of the endpoint.
            operational_webhook_endpoint_headers_in: All additional headers.
            **call: `timeout` in seconds.

        Returns:
            None once the headers are set.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `endpoint_id` is empty, `.` or `..`.
        """
        return request("PUT", _ONE + "/headers", endpoint_id, body=operational_webhook_endpoint_headers_in)


class OperationalWebhook(Resource[AnySender]):
    """Operations on operational webhooks. Not in API 1.4.

    Args:
        sender: Sends the operations.

    Attributes:
        endpoint: Operations on your endpoints for operational webhooks.
    """

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.endpoint: OperationalWebhookEndpoint[AnySender] = OperationalWebhookEndpoint(sender)
