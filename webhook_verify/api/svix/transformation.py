"""Operations on the transformations of endpoints."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, request
from webhook_verify.api._resource import AnySender, Resource, operation
from webhook_verify.api.svix.models.endpoint import EndpointTransformationOut, EndpointTransformationPatch

__all__ = ["Transformation"]

_ONE = "/api/v1/app/{}/endpoint/{}/transformation"


class Transformation(Resource[AnySender]):
    """Operations on the JavaScript code that transforms the messages to an endpoint."""

    @operation
    def get(
        self, app_id: str, endpoint_id: str, **call: Unpack[Call]
    ) -> Operation[EndpointTransformationOut]:
        """Return the transformation of an endpoint.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            **call: `timeout` in seconds.

        Returns:
            The transformation.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("GET", _ONE, app_id, endpoint_id, returns=EndpointTransformationOut)

    @operation
    def patch(
        self,
        app_id: str,
        endpoint_id: str,
        endpoint_transformation_patch: EndpointTransformationPatch,
        **call: Unpack[Call],
    ) -> Operation[None]:
        """Set or change the transformation of an endpoint.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            endpoint_transformation_patch: The fields to change. Fields that are `UNSET` keep their values;
                None clears a field.
            **call: `timeout` in seconds.

        Returns:
            None once it is changed.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("PATCH", _ONE, app_id, endpoint_id, body=endpoint_transformation_patch)
