"""Operations on destinations, which receive the messages of an application in order."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import ListCall
from webhook_verify.api.svix.models.destination import (
    DestinationIn,
    DestinationOut,
    DestinationPatch,
    DestinationSecretRotateOut,
    DestinationTransformIn,
    DestinationTransformationOut,
)
from webhook_verify.api.svix.models.endpoint import EndpointSecretRotateIn
from webhook_verify.api.svix.models.page import Page

__all__ = ["Destination", "DestinationTransformation"]

_ALL, _ONE = "/api/v1/app/{}/destination", "/api/v1/app/{}/destination/{}"


class DestinationTransformation(Resource[AnySender]):
    """Operations on the JavaScript code that transforms the messages to a destination."""

    @operation
    def get(
        self, app_id: str, destination_id: str, **call: Unpack[Call]
    ) -> Operation[DestinationTransformationOut]:
        """Return the transformation of a destination."""
        template = _ONE + "/transformation"
        return request("GET", template, app_id, destination_id, returns=DestinationTransformationOut)

    @operation
    def patch(
        self,
        app_id: str,
        destination_id: str,
        destination_transform_in: DestinationTransformIn,
        **call: Unpack[Call],
    ) -> Operation[None]:
        """Set or remove the transformation of a destination."""
        template = _ONE + "/transformation"
        return request("PATCH", template, app_id, destination_id, body=destination_transform_in)


class Destination(Resource[AnySender]):
    """Operations on the destinations of an application. Not in API 1.4.

    Args:
        sender: Sends the operations.

    Attributes:
        transformation: Operations on the transformation of a destination.
    """

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.transformation: DestinationTransformation[AnySender] = DestinationTransformation(sender)

    @paged
    def list(self, app_id: str, **call: Unpack[ListCall]) -> Operation[Page[DestinationOut]]:
        """List the destinations."""
        return request("GET", _ALL, app_id, query=call, returns=Page[DestinationOut])

    @operation
    def create(
        self, app_id: str, destination_in: DestinationIn, **call: Unpack[PostCall]
    ) -> Operation[DestinationOut]:
        """Create a destination."""
        return request("POST", _ALL, app_id, body=destination_in, returns=DestinationOut)

    @operation
    def get(self, app_id: str, destination_id: str, **call: Unpack[Call]) -> Operation[DestinationOut]:
        """Return a destination."""
        return request("GET", _ONE, app_id, destination_id, returns=DestinationOut)

    @operation
    def upsert(
        self, app_id: str, destination_id: str, destination_in: DestinationIn, **call: Unpack[Call]
    ) -> Operation[DestinationOut]:
        """Replace a destination, or create it if it does not exist."""
        return request("PUT", _ONE, app_id, destination_id, body=destination_in, returns=DestinationOut)

    @operation
    def delete(self, app_id: str, destination_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete a destination."""
        return request("DELETE", _ONE, app_id, destination_id)

    @operation
    def patch(
        self, app_id: str, destination_id: str, destination_patch: DestinationPatch, **call: Unpack[Call]
    ) -> Operation[DestinationOut]:
        """Change individual fields of a destination."""
        return request("PATCH", _ONE, app_id, destination_id, body=destination_patch, returns=DestinationOut)

    @operation
    def rotate_secret(
        self,
        app_id: str,
        destination_id: str,
        endpoint_secret_rotate_in: EndpointSecretRotateIn | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[DestinationSecretRotateOut]:
        """Replace the signing secret of a FIFO endpoint."""
        template, returns = _ONE + "/secret/rotate", DestinationSecretRotateOut
        body = endpoint_secret_rotate_in or EndpointSecretRotateIn()
        return request("POST", template, app_id, destination_id, body=body, returns=returns)
