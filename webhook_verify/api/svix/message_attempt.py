"""Operations on the attempts to deliver messages."""

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
    """What became of messages at endpoints."""

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
        """All attempts at one endpoint, ``with_msg`` with their messages (not in API 1.4)."""
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
        """All attempts to deliver one message, or those at ``endpoint_id``."""
        query = {"endpoint_id": endpoint_id, "status_code_class": status_code_class, **call}
        template = "/api/v1/app/{}/attempt/msg/{}"
        return request("GET", template, app_id, msg_id, query=query, returns=Page[MessageAttemptOut])

    @paged
    def list_attempted_messages(
        self, app_id: str, endpoint_id: str, **call: Unpack[AttemptListCall]
    ) -> Operation[Page[EndpointMessageOut]]:
        """All messages to one endpoint, with what became of them. No ``event_types`` in API 1.4."""
        template = "/api/v1/app/{}/endpoint/{}/msg"
        return request("GET", template, app_id, endpoint_id, query=call, returns=Page[EndpointMessageOut])

    @paged
    def list_attempted_destinations(
        self, app_id: str, msg_id: str, **call: Unpack[PageCall]
    ) -> Operation[Page[MessageEndpointOut]]:
        """All endpoints that one message went to, with what became of it there."""
        template, returns = _MESSAGE + "/endpoint", Page[MessageEndpointOut]
        return request("GET", template, app_id, msg_id, query=call, returns=returns)

    @paged
    def list(
        self, app_id: str, msg_id: str, *, endpoint_id: str | None = None, **call: Unpack[StatusListCall]
    ) -> Operation[Page[MessageAttemptOut]]:
        """All attempts to deliver one message. Deprecated: use :meth:`list_by_msg`."""
        query, template = {"endpoint_id": endpoint_id, **call}, _MESSAGE + "/attempt"
        return request("GET", template, app_id, msg_id, query=query, returns=Page[MessageAttemptOut])

    @paged
    def list_attempts_for_endpoint(
        self, app_id: str, msg_id: str, endpoint_id: str, **call: Unpack[StatusListCall]
    ) -> Operation[Page[MessageAttemptOut]]:
        """All attempts of one message at one endpoint. Deprecated: use :meth:`list_by_msg`."""
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
        """One attempt."""
        template, query = _MESSAGE + "/attempt/{}", {"expanded_statuses": expanded_statuses}
        return request("GET", template, app_id, msg_id, attempt_id, query=query, returns=MessageAttemptOut)

    @operation
    def expunge_content(
        self, app_id: str, msg_id: str, attempt_id: str, **call: Unpack[Call]
    ) -> Operation[None]:
        """Delete what the endpoint answered."""
        return request("DELETE", _MESSAGE + "/attempt/{}/content", app_id, msg_id, attempt_id)

    @operation
    def resend(self, app_id: str, msg_id: str, endpoint_id: str, **call: Unpack[PostCall]) -> Operation[None]:
        """Deliver a message to one endpoint once more."""
        return request("POST", _MESSAGE + "/endpoint/{}/resend", app_id, msg_id, endpoint_id)
