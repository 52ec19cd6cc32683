"""Operations on delivery attempts."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import AttemptListCall, PageCall, StatusListCall
from webhook_verify.api.svix.models.endpoint import MessageEndpointOut
from webhook_verify.api.svix.models.enums import StatusCodeClass
from webhook_verify.api.svix.models.message_attempt import EndpointMessageOut, MessageAttemptOut
from webhook_verify.api.svix.models.page import Page

__all__ = ["MessageAttempt"]

_MESSAGE = "/api/v1/app/{}/msg/{}"


class MessageAttempt(Resource[AnySender]):
    """Operations on delivery attempts and the delivery status of messages."""

    @paged
    def list_by_endpoint(
        self,
        app_id: str,
        endpoint_id: str,
        *,
        status_code_class: StatusCodeClass | None = None,
        with_msg: bool | None = None,
        **call: Unpack[AttemptListCall],
    ) -> Operation[Page[MessageAttemptOut]]:
        """List the attempts at an endpoint.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            status_code_class: Only attempts with a response status code of this class.
            with_msg: Whether to include the messages. Not in API 1.4.
            **call: Filters (`event_types`, `channel`, `before`, `after`, `status`, `tag`), `with_content`,
                `expanded_statuses`, paging (`limit`, `iterator`), `timeout` in seconds.

        Returns:
            The attempts; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        query = {"status_code_class": status_code_class, "with_msg": with_msg, **call}
        template = "/api/v1/app/{}/attempt/endpoint/{}"
        return request("GET", template, app_id, endpoint_id, query=query, returns=Page[MessageAttemptOut])

    @paged
    def list_by_msg(
        self,
        app_id: str,
        msg_id: str,
        *,
        endpoint_id: str | None = None,
        status_code_class: StatusCodeClass | None = None,
        **call: Unpack[AttemptListCall],
    ) -> Operation[Page[MessageAttemptOut]]:
        """List the attempts to deliver a message.

        Args:
            app_id: Id or uid of the application.
            msg_id: Id of the message, or the event id that you gave it.
            endpoint_id: Only attempts at this endpoint, by id or uid.
            status_code_class: Only attempts with a response status code of this class.
            **call: Filters (`event_types`, `channel`, `before`, `after`, `status`, `tag`), `with_content`,
                `expanded_statuses`, paging (`limit`, `iterator`), `timeout` in seconds.

        Returns:
            The attempts; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        query = {"endpoint_id": endpoint_id, "status_code_class": status_code_class, **call}
        template = "/api/v1/app/{}/attempt/msg/{}"
        return request("GET", template, app_id, msg_id, query=query, returns=Page[MessageAttemptOut])

    @paged
    def list_attempted_messages(
        self, app_id: str, endpoint_id: str, **call: Unpack[AttemptListCall]
    ) -> Operation[Page[EndpointMessageOut]]:
        """List the messages to an endpoint with the status of their delivery.

        API 1.4 does not support `event_types`.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            **call: Filters (`event_types`, `channel`, `before`, `after`, `status`, `tag`), `with_content`,
                `expanded_statuses`, paging (`limit`, `iterator`), `timeout` in seconds.

        Returns:
            The messages; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        template = "/api/v1/app/{}/endpoint/{}/msg"
        return request("GET", template, app_id, endpoint_id, query=call, returns=Page[EndpointMessageOut])

    @paged
    def list_attempted_destinations(
        self, app_id: str, msg_id: str, **call: Unpack[PageCall]
    ) -> Operation[Page[MessageEndpointOut]]:
        """List the endpoints of a message with the status of its delivery.

        Args:
            app_id: Id or uid of the application.
            msg_id: Id of the message, or the event id that you gave it.
            **call: Paging (`limit`, `iterator`), `timeout` in seconds.

        Returns:
            The endpoints; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        template, returns = _MESSAGE + "/endpoint", Page[MessageEndpointOut]
        return request("GET", template, app_id, msg_id, query=call, returns=returns)

    @paged
    def list(
        self, app_id: str, msg_id: str, *, endpoint_id: str | None = None, **call: Unpack[StatusListCall]
    ) -> Operation[Page[MessageAttemptOut]]:
        """List the attempts to deliver a message.

        Deprecated: use `list_by_msg`.

        Args:
            app_id: Id or uid of the application.
            msg_id: Id of the message, or the event id that you gave it.
            endpoint_id: Only attempts at this endpoint, by id or uid.
            **call: Filters (`event_types`, `channel`, `before`, `after`, `status`), paging (`limit`,
                `iterator`), `timeout` in seconds.

        Returns:
            The attempts; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        query, template = {"endpoint_id": endpoint_id, **call}, _MESSAGE + "/attempt"
        return request("GET", template, app_id, msg_id, query=query, returns=Page[MessageAttemptOut])

    @paged
    def list_attempts_for_endpoint(
        self, app_id: str, msg_id: str, endpoint_id: str, **call: Unpack[StatusListCall]
    ) -> Operation[Page[MessageAttemptOut]]:
        """List the attempts to deliver a message to an endpoint.

        Deprecated: use `list_by_msg`.

        Args:
            app_id: Id or uid of the application.
            msg_id: Id of the message, or the event id that you gave it.
            endpoint_id: Id or uid of the endpoint.
            **call: Filters (`event_types`, `channel`, `before`, `after`, `status`), paging (`limit`,
                `iterator`), `timeout` in seconds.

        Returns:
            The attempts; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        template, returns = _MESSAGE + "/endpoint/{}/attempt", Page[MessageAttemptOut]
        return request("GET", template, app_id, msg_id, endpoint_id, query=call, returns=returns)

    @operation
    def get(
        self,
        app_id: str,
        msg_id: str,
        attempt_id: str,
        *,
        expanded_statuses: bool | None = None,
        **call: Unpack[Call],
    ) -> Operation[MessageAttemptOut]:
        """Return an attempt.

        Args:
            app_id: Id or uid of the application.
            msg_id: Id of the message, or the event id that you gave it.
            attempt_id: Id of the attempt.
            expanded_statuses: Whether to use more statuses than success, pending, fail and sending.
            **call: `timeout` in seconds.

        Returns:
            The attempt.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        template, query = _MESSAGE + "/attempt/{}", {"expanded_statuses": expanded_statuses}
        return request("GET", template, app_id, msg_id, attempt_id, query=query, returns=MessageAttemptOut)

    @operation
    def expunge_content(
        self, app_id: str, msg_id: str, attempt_id: str, **call: Unpack[Call]
    ) -> Operation[None]:
        """Delete the response that an attempt received.

        Args:
            app_id: Id or uid of the application.
            msg_id: Id of the message, or the event id that you gave it.
            attempt_id: Id of the attempt.
            **call: `timeout` in seconds.

        Returns:
            None once the response is deleted.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("DELETE", _MESSAGE + "/attempt/{}/content", app_id, msg_id, attempt_id)

    @operation
    def resend(self, app_id: str, msg_id: str, endpoint_id: str, **call: Unpack[PostCall]) -> Operation[None]:
        """Resend a message to an endpoint.

        Args:
            app_id: Id or uid of the application.
            msg_id: Id of the message, or the event id that you gave it.
            endpoint_id: Id or uid of the endpoint.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            None once the server has accepted the request.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("POST", _MESSAGE + "/endpoint/{}/resend", app_id, msg_id, endpoint_id)
