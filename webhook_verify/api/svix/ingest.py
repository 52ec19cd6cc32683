"""Operations on ingest sources, which receive webhooks of others, and on their endpoints."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, optional, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import ListCall
from webhook_verify.api.svix.models.account import AppPortalAccessOut
from webhook_verify.api.svix.models.ingest import (
    IngestEndpointHeadersIn,
    IngestEndpointHeadersOut,
    IngestEndpointIn,
    IngestEndpointOut,
    IngestEndpointSecretIn,
    IngestEndpointSecretOut,
    IngestEndpointTransformationOut,
    IngestEndpointTransformationPatch,
    IngestEndpointUpsertIn,
    IngestSourceConsumerPortalAccessIn,
    IngestSourceIn,
    IngestSourceOut,
    RotateTokenOut,
)
from webhook_verify.api.svix.models.page import Page

__all__ = [
    "Ingest",
    "IngestAuthentication",
    "IngestEndpoint",
    "IngestEndpointTransformation",
    "IngestSource",
]

_SOURCES, _SOURCE = "/ingest/api/v1/source", "/ingest/api/v1/source/{}"
_ALL, _ONE = "/ingest/api/v1/source/{}/endpoint", "/ingest/api/v1/source/{}/endpoint/{}"


class IngestAuthentication(Resource[AnySender]):
    """Operations on logins to the portal of an ingest source."""

    @operation
    def consumer_portal_access(
        self,
        source_id: str,
        ingest_source_consumer_portal_access_in: IngestSourceConsumerPortalAccessIn | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[AppPortalAccessOut]:
        """Create a login to the portal of an ingest source."""
        body = ingest_source_consumer_portal_access_in or IngestSourceConsumerPortalAccessIn()
        return request("POST", _SOURCE + "/dashboard", source_id, body=body, returns=AppPortalAccessOut)


class IngestEndpointTransformation(Resource[AnySender]):
    """Operations on the JavaScript code that transforms the webhooks to an ingest endpoint."""

    @operation
    def get(
        self, source_id: str, endpoint_id: str, **call: Unpack[Call]
    ) -> Operation[IngestEndpointTransformationOut]:
        """Return the transformation of an ingest endpoint."""
        template = _ONE + "/transformation"
        return request("GET", template, source_id, endpoint_id, returns=IngestEndpointTransformationOut)

    @operation
    def patch(
        self,
        source_id: str,
        endpoint_id: str,
        ingest_endpoint_transformation_patch: IngestEndpointTransformationPatch,
        **call: Unpack[Call],
    ) -> Operation[None]:
        """Set or change the transformation of an ingest endpoint."""
        template = _ONE + "/transformation"
        return request("PATCH", template, source_id, endpoint_id, body=ingest_endpoint_transformation_patch)


class IngestEndpoint(Resource[AnySender]):
    """Operations on the endpoints of an ingest source.

    Args:
        sender: Sends the operations.

    Attributes:
        transformation: Operations on the transformation of an ingest endpoint.
    """

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.transformation: IngestEndpointTransformation[AnySender] = IngestEndpointTransformation(sender)

    @paged
    def list(self, source_id: str, **call: Unpack[ListCall]) -> Operation[Page[IngestEndpointOut]]:
        """List the ingest endpoints."""
        return request("GET", _ALL, source_id, query=call, returns=Page[IngestEndpointOut])

    @operation
    def create(
        self, source_id: str, ingest_endpoint_in: IngestEndpointIn, **call: Unpack[PostCall]
    ) -> Operation[IngestEndpointOut]:
        """Create an ingest endpoint."""
        return request("POST", _ALL, source_id, body=ingest_endpoint_in, returns=IngestEndpointOut)

    @operation
    def get(self, source_id: str, endpoint_id: str, **call: Unpack[Call]) -> Operation[IngestEndpointOut]:
        """Return an ingest endpoint."""
        return request("GET", _ONE, source_id, endpoint_id, returns=IngestEndpointOut)

    @operation
    def upsert(
        self,
        source_id: str,
        endpoint_id: str,
        ingest_endpoint_upsert_in: IngestEndpointUpsertIn,
        **call: Unpack[Call],
    ) -> Operation[IngestEndpointOut]:
        """Replace an ingest endpoint, or create it if it does not exist."""
        body = ingest_endpoint_upsert_in
        return request("PUT", _ONE, source_id, endpoint_id, body=body, returns=IngestEndpointOut)

    @operation
    def delete(self, source_id: str, endpoint_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete an ingest endpoint."""
        return request("DELETE", _ONE, source_id, endpoint_id)

    @operation
    def get_secret(
        self, source_id: str, endpoint_id: str, **call: Unpack[Call]
    ) -> Operation[IngestEndpointSecretOut]:
        """Return the signing secret of an ingest endpoint."""
        return request("GET", _ONE + "/secret", source_id, endpoint_id, returns=IngestEndpointSecretOut)

    @operation
    def rotate_secret(
        self,
        source_id: str,
        endpoint_id: str,
        ingest_endpoint_secret_in: IngestEndpointSecretIn | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[IngestEndpointSecretOut | None]:
        """Replace the signing secret of an ingest endpoint. Returns it if the response contains it."""
        body = ingest_endpoint_secret_in or IngestEndpointSecretIn()
        decode = optional(IngestEndpointSecretOut)
        return request("POST", _ONE + "/secret/rotate", source_id, endpoint_id, body=body, decode=decode)

    @operation
    def get_headers(
        self, source_id: str, endpoint_id: str, **call: Unpack[Call]
    ) -> Operation[IngestEndpointHeadersOut]:
        """Return the additional headers of an ingest endpoint's deliveries."""
        return request("GET", _ONE + "/headers", source_id, endpoint_id, returns=IngestEndpointHeadersOut)

    @operation
    def set_headers(
        self,
        source_id: str,
        endpoint_id: str,
        ingest_endpoint_headers_in: IngestEndpointHeadersIn,
        **call: Unpack[Call],
    ) -> Operation[None]:
        """Replace the additional headers of an ingest endpoint's deliveries."""
        return request("PUT", _ONE + "/headers", source_id, endpoint_id, body=ingest_endpoint_headers_in)


class IngestSource(Resource[AnySender]):
    """Operations on ingest sources."""

    @paged
    def list(self, **call: Unpack[ListCall]) -> Operation[Page[IngestSourceOut]]:
        """List the ingest sources."""
        return request("GET", _SOURCES, query=call, returns=Page[IngestSourceOut])

    @operation
    def create(
        self, ingest_source_in: IngestSourceIn, **call: Unpack[PostCall]
    ) -> Operation[IngestSourceOut]:
        """Create an ingest source."""
        return request("POST", _SOURCES, body=ingest_source_in, returns=IngestSourceOut)

    @operation
    def get(self, source_id: str, **call: Unpack[Call]) -> Operation[IngestSourceOut]:
        """Return an ingest source."""
        return request("GET", _SOURCE, source_id, returns=IngestSourceOut)

    @operation
    def upsert(
        self, source_id: str, ingest_source_in: IngestSourceIn, **call: Unpack[Call]
    ) -> Operation[IngestSourceOut]:
        """Replace an ingest source, or create it if it does not exist."""
        return request("PUT", _SOURCE, source_id, body=ingest_source_in, returns=IngestSourceOut)

    @operation
    def delete(self, source_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete an ingest source."""
        return request("DELETE", _SOURCE, source_id)

    @operation
    def rotate_token(self, source_id: str, **call: Unpack[PostCall]) -> Operation[RotateTokenOut]:
        """Replace the token in the URL of an ingest source."""
        return request("POST", _SOURCE + "/token/rotate", source_id, returns=RotateTokenOut)


class Ingest(Resource[AnySender]):
    """Operations on Svix Ingest. Not in API 1.4.

    Args:
        sender: Sends the operations.

    Attributes:
        authentication: Logins to the portal of a source.
        endpoint: Endpoints, to which a source forwards its webhooks.
        source: Sources, which receive webhooks.
    """

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.authentication: IngestAuthentication[AnySender] = IngestAuthentication(sender)
        self.endpoint: IngestEndpoint[AnySender] = IngestEndpoint(sender)
        self.source: IngestSource[AnySender] = IngestSource(sender)
