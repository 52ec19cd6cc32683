"""Operations on endpoints, and on the transformations of endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import ListCall
from webhook_verify.api.svix.models.account import RecoverOut, ReplayOut
from webhook_verify.api.svix.models.endpoint import (
    BulkReplayIn,
    EndpointHeadersIn,
    EndpointHeadersOut,
    EndpointHeadersPatchIn,
    EndpointIn,
    EndpointOut,
    EndpointPatch,
    EndpointSecretOut,
    EndpointSecretRotateIn,
    EndpointStats,
    EndpointTransformationOut,
    EndpointTransformationPatch,
    EndpointUpsertIn,
    EventExampleIn,
    RecoverIn,
    ReplayIn,
)
from webhook_verify.api.svix.models.message import MessageOut
from webhook_verify.api.svix.models.page import Page

__all__ = ["Endpoint", "Transformation"]

_ONE = "/api/v1/app/{}/endpoint/{}"


class Endpoint(Resource[AnySender]):
    """Endpoints. ``app_id`` and ``endpoint_id`` are the server's ids or your own uids."""

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.transformation: Transformation[AnySender] = Transformation(sender)

    @paged
    def list(self, app_id: str, **call: Unpack[ListCall]) -> Operation[Page[EndpointOut]]:
        """All endpoints of an application."""
        return request("GET", "/api/v1/app/{}/endpoint", app_id, query=call, returns=Page[EndpointOut])

    @operation
    def create(self, app_id: str, endpoint: EndpointIn, **call: Unpack[PostCall]) -> Operation[EndpointOut]:
        """Create an endpoint. Deliveries to it start at once."""
        return request("POST", "/api/v1/app/{}/endpoint", app_id, body=endpoint, returns=EndpointOut)

    @operation
    def get(self, app_id: str, endpoint_id: str, **call: Unpack[Call]) -> Operation[EndpointOut]:
        """One endpoint."""
        return request("GET", _ONE, app_id, endpoint_id, returns=EndpointOut)

    @operation
    def upsert(
        self, app_id: str, endpoint_id: str, endpoint: EndpointUpsertIn, **call: Unpack[Call]
    ) -> Operation[EndpointOut]:
        """Replace an endpoint, or create it."""
        return request("PUT", _ONE, app_id, endpoint_id, body=endpoint, returns=EndpointOut)

    @operation
    def patch(
        self, app_id: str, endpoint_id: str, changes: EndpointPatch, **call: Unpack[Call]
    ) -> Operation[EndpointOut]:
        """Change parts of an endpoint. Not in API 1.4."""
        return request("PATCH", _ONE, app_id, endpoint_id, body=changes, returns=EndpointOut)

    @operation
    def delete(self, app_id: str, endpoint_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete an endpoint."""
        return request("DELETE", _ONE, app_id, endpoint_id)

    @operation
    def get_secret(self, app_id: str, endpoint_id: str, **call: Unpack[Call]) -> Operation[EndpointSecretOut]:
        """The secret that deliveries to the endpoint are signed with."""
        return request("GET", _ONE + "/secret", app_id, endpoint_id, returns=EndpointSecretOut)

    @operation
    def rotate_secret(
        self,
        app_id: str,
        endpoint_id: str,
        rotation: EndpointSecretRotateIn | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[None]:
        """Make another secret valid. The old one signs as well for a day, or as long as ``rotation`` says."""
        rotation = rotation or EndpointSecretRotateIn()
        return request("POST", _ONE + "/secret/rotate", app_id, endpoint_id, body=rotation)

    @operation
    def get_headers(
        self, app_id: str, endpoint_id: str, **call: Unpack[Call]
    ) -> Operation[EndpointHeadersOut]:
        """The headers that are added to every delivery."""
        return request("GET", _ONE + "/headers", app_id, endpoint_id, returns=EndpointHeadersOut)

    headers = get_headers

    @operation
    def set_headers(
        self, app_id: str, endpoint_id: str, headers: EndpointHeadersIn, **call: Unpack[Call]
    ) -> Operation[None]:
        """Replace all headers that are added to every delivery."""
        return request("PUT", _ONE + "/headers", app_id, endpoint_id, body=headers)

    @operation
    def patch_headers(
        self, app_id: str, endpoint_id: str, headers: EndpointHeadersPatchIn, **call: Unpack[Call]
    ) -> Operation[None]:
        """Set some of the headers that are added to every delivery, or take some away."""
        return request("PATCH", _ONE + "/headers", app_id, endpoint_id, body=headers)

    @operation
    def get_stats(
        self,
        app_id: str,
        endpoint_id: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        **call: Unpack[Call],
    ) -> Operation[EndpointStats]:
        """How many messages to the endpoint are in which state, from and until these times."""
        query = {"since": since, "until": until}
        return request("GET", _ONE + "/stats", app_id, endpoint_id, query=query, returns=EndpointStats)

    @operation
    def recover(
        self, app_id: str, endpoint_id: str, which: RecoverIn, **call: Unpack[PostCall]
    ) -> Operation[RecoverOut]:
        """Deliver failed messages again, in the background."""
        return request("POST", _ONE + "/recover", app_id, endpoint_id, body=which, returns=RecoverOut)

    @operation
    def replay_missing(
        self, app_id: str, endpoint_id: str, which: ReplayIn, **call: Unpack[PostCall]
    ) -> Operation[ReplayOut]:
        """Deliver messages that were never tried at this endpoint, in the background."""
        return request("POST", _ONE + "/replay-missing", app_id, endpoint_id, body=which, returns=ReplayOut)

    @operation
    def bulk_replay(
        self, app_id: str, endpoint_id: str, which: BulkReplayIn, **call: Unpack[PostCall]
    ) -> Operation[ReplayOut]:
        """Deliver messages again whatever became of them, in the background. Not in API 1.4."""
        return request("POST", _ONE + "/bulk-replay", app_id, endpoint_id, body=which, returns=ReplayOut)

    @operation
    def send_example(
        self, app_id: str, endpoint_id: str, example: EventExampleIn, **call: Unpack[PostCall]
    ) -> Operation[MessageOut]:
        """Deliver the example of an event type to this endpoint alone."""
        return request("POST", _ONE + "/send-example", app_id, endpoint_id, body=example, returns=MessageOut)


class Transformation(Resource[AnySender]):
    """The code that messages to an endpoint go through."""

    @operation
    def get(
        self, app_id: str, endpoint_id: str, **call: Unpack[Call]
    ) -> Operation[EndpointTransformationOut]:
        """The transformation of an endpoint."""
        return request(
            "GET", _ONE + "/transformation", app_id, endpoint_id, returns=EndpointTransformationOut
        )

    @operation
    def patch(
        self, app_id: str, endpoint_id: str, changes: EndpointTransformationPatch, **call: Unpack[Call]
    ) -> Operation[None]:
        """Set the transformation of an endpoint, or change parts of it."""
        return request("PATCH", _ONE + "/transformation", app_id, endpoint_id, body=changes)
