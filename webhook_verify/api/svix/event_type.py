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
    """Operations on event types, which are identified by their names."""

    @paged
    def list(
        self,
        *,
        with_content: bool | None = None,
        include_archived: bool | None = None,
        **call: Unpack[ListCall],
    ) -> Operation[Page[EventTypeOut]]:
        """List the event types.

        API 1.4 does not support `order`.

        Args:
            with_content: Whether to include the schemas.
            include_archived: Whether to include archived event types.
            **call: Paging (`limit`, `iterator`, `order`), `timeout` in seconds.

        Returns:
            The event types; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
        """
        query = {"with_content": with_content, "include_archived": include_archived, **call}
        return request("GET", _ALL, query=query, returns=Page[EventTypeOut])

    @operation
    def create(self, event_type_in: EventTypeIn, **call: Unpack[PostCall]) -> Operation[EventTypeOut]:
        """Create an event type, or restore an archived one.

        Args:
            event_type_in: The event type to create.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The event type.

        Raises:
            APIError: If the request fails after its retries.
        """
        return request("POST", _ALL, body=event_type_in, returns=EventTypeOut)

    @operation
    def get(self, event_type_name: str, **call: Unpack[Call]) -> Operation[EventTypeOut]:
        """Return an event type with its schemas.

        Args:
            event_type_name: Name of the event type.
            **call: `timeout` in seconds.

        Returns:
            The event type.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_type_name` is empty, `.` or `..`.
        """
        return request("GET", _ONE, event_type_name, returns=EventTypeOut)

    @operation
    def upsert(
        self, event_type_name: str, event_type_upsert_in: EventTypeUpsertIn, **call: Unpack[Call]
    ) -> Operation[EventTypeOut]:
        """Replace an event type, or create it if it does not exist.

        Args:
            event_type_name: Name of the event type.
            event_type_upsert_in: All fields of the event type. Fields that are `UNSET` get their defaults.
            **call: `timeout` in seconds.

        Returns:
            The event type.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_type_name` is empty, `.` or `..`.
        """
        return request("PUT", _ONE, event_type_name, body=event_type_upsert_in, returns=EventTypeOut)

    @operation
    def patch(
        self, event_type_name: str, event_type_patch: EventTypePatch, **call: Unpack[Call]
    ) -> Operation[EventTypeOut]:
        """Change individual fields of an event type.

        Not in API 1.4.

        Args:
            event_type_name: Name of the event type.
            event_type_patch: The fields to change. Fields that are `UNSET` keep their values; None clears
                a field.
            **call: `timeout` in seconds.

        Returns:
            The changed event type.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_type_name` is empty, `.` or `..`.
        """
        return request("PATCH", _ONE, event_type_name, body=event_type_patch, returns=EventTypeOut)

    @operation
    def delete(
        self, event_type_name: str, *, expunge: bool | None = None, **call: Unpack[Call]
    ) -> Operation[None]:
        """Archive or delete an event type.

        Args:
            event_type_name: Name of the event type.
            expunge: Whether to delete the event type instead of archiving it.
            **call: `timeout` in seconds.

        Returns:
            None once it is archived or deleted.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_type_name` is empty, `.` or `..`.
        """
        return request("DELETE", _ONE, event_type_name, query={"expunge": expunge})

    @operation
    def import_openapi(
        self, event_type_import_open_api_in: EventTypeImportOpenApiIn, **call: Unpack[PostCall]
    ) -> Operation[EventTypeImportOpenApiOut]:
        """Create or update the event types that an OpenAPI document describes.

        Not in API 1.4.

        Args:
            event_type_import_open_api_in: The OpenAPI document, and options of the import.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The changed event types.

        Raises:
            APIError: If the request fails after its retries.
        """
        body, returns = event_type_import_open_api_in, EventTypeImportOpenApiOut
        return request("POST", _ALL + "/import/openapi", body=body, returns=returns)
