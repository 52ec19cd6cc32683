"""Operations on event types."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import ListCall
from webhook_verify.api.svix.models.event_type import (
    EventTypeImportOpenApiIn,
    EventTypeImportOpenApiOut,
    EventTypeIn,
    EventTypeOut,
    EventTypePatch,
    EventTypeUpsertIn,
)
from webhook_verify.api.svix.models.page import Page

__all__ = ["EventType"]

_ALL = "/api/v1/event-type"
_ONE = "/api/v1/event-type/{}"


class EventType(Resource[AnySender]):
    """Event types, by their name."""

    @paged
    def list(
        self,
        *,
        with_content: bool | None = None,
        include_archived: bool | None = None,
        **call: Unpack[ListCall],
    ) -> Operation[Page[EventTypeOut]]:
        """All event types, their schemas only ``with_content``. No ``order`` in API 1.4."""
        query = {"with_content": with_content, "include_archived": include_archived, **call}
        return request("GET", _ALL, query=query, returns=Page[EventTypeOut])

    @operation
    def create(self, event_type: EventTypeIn, **call: Unpack[PostCall]) -> Operation[EventTypeOut]:
        """Create an event type, or bring back an archived one."""
        return request("POST", _ALL, body=event_type, returns=EventTypeOut)

    @operation
    def get(self, event_type_name: str, **call: Unpack[Call]) -> Operation[EventTypeOut]:
        """One event type, with its schemas."""
        return request("GET", _ONE, event_type_name, returns=EventTypeOut)

    @operation
    def upsert(
        self, event_type_name: str, event_type: EventTypeUpsertIn, **call: Unpack[Call]
    ) -> Operation[EventTypeOut]:
        """Replace an event type, or create it."""
        return request("PUT", _ONE, event_type_name, body=event_type, returns=EventTypeOut)

    @operation
    def patch(
        self, event_type_name: str, changes: EventTypePatch, **call: Unpack[Call]
    ) -> Operation[EventTypeOut]:
        """Change parts of an event type. Not in API 1.4."""
        return request("PATCH", _ONE, event_type_name, body=changes, returns=EventTypeOut)

    @operation
    def delete(
        self, event_type_name: str, *, expunge: bool | None = None, **call: Unpack[Call]
    ) -> Operation[None]:
        """Archive an event type; ``expunge`` deletes it."""
        return request("DELETE", _ONE, event_type_name, query={"expunge": expunge})

    @operation
    def import_openapi(
        self, document: EventTypeImportOpenApiIn, **call: Unpack[PostCall]
    ) -> Operation[EventTypeImportOpenApiOut]:
        """Create or change the event types that an OpenAPI document describes. Not in API 1.4."""
        return request("POST", _ALL + "/import/openapi", body=document, returns=EventTypeImportOpenApiOut)
