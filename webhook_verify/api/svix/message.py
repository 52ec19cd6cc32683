"""Operations on messages and polling endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import MessageListCall, PageCall
from webhook_verify.api.svix.models.account import ExpungeAllContentsOut
from webhook_verify.api.svix.models.message import (
    BulkExpungeContentsIn,
    BulkExpungeContentsOut,
    MessageIn,
    MessageOut,
    MessagePrecheckIn,
    MessagePrecheckOut,
    PollingEndpointConsumerSeekIn,
    PollingEndpointConsumerSeekOut,
    PollingEndpointOut,
)
from webhook_verify.api.svix.models.page import Page

__all__ = ["Message", "MessagePoller"]

_ALL = "/api/v1/app/{}/msg"
_ONE = "/api/v1/app/{}/msg/{}"
_POLLER = "/api/v1/app/{}/poller/{}"


class Message(Resource[AnySender]):
    """Operations on the messages of an application.

    Args:
        sender: Sends the operations.

    Attributes:
        poller: Operations on polling endpoints.
    """

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.poller: MessagePoller[AnySender] = MessagePoller(sender)

    @paged
    def list(
        self,
        app_id: str,
        *,
        tag: str | None = None,
        with_content: bool | None = None,
        **call: Unpack[MessageListCall],
    ) -> Operation[Page[MessageOut]]:
        """List the messages of an application, newest first.

        Args:
            app_id: Id or uid of the application.
            tag: Only messages with this tag. Not in API 1.4.
            with_content: Whether to include the payloads, True by default. Not in API 1.4.
            **call: Filters (`event_types`, `channel`, `before`, `after`), paging (`limit`, `iterator`),
                `timeout` in seconds.

        Returns:
            The messages; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        query = {"tag": tag, "with_content": with_content, **call}
        return request("GET", _ALL, app_id, query=query, returns=Page[MessageOut])

    @operation
    def create(
        self,
        app_id: str,
        message_in: MessageIn,
        *,
        with_content: bool | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[MessageOut]:
        """Send a message to the endpoints of an application.

        Args:
            app_id: Id or uid of the application.
            message_in: The message to send.
            with_content: Whether to include the payload in the result, True by default.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The message.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        query = {"with_content": with_content}
        return request("POST", _ALL, app_id, query=query, body=message_in, returns=MessageOut)

    @operation
    def precheck(
        self, app_id: str, message_precheck_in: MessagePrecheckIn, **call: Unpack[PostCall]
    ) -> Operation[MessagePrecheckOut]:
        """Check whether a message would be delivered to any endpoint.

        Not in API 1.4.

        Args:
            app_id: Id or uid of the application.
            message_precheck_in: The event type and the channels of the message.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            Whether an endpoint would receive the message.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        return request(
            "POST", _ALL + "/precheck/active", app_id, body=message_precheck_in, returns=MessagePrecheckOut
        )

    @operation
    def get(
        self, app_id: str, msg_id: str, *, with_content: bool | None = None, **call: Unpack[Call]
    ) -> Operation[MessageOut]:
        """Return a message.

        Args:
            app_id: Id or uid of the application.
            msg_id: Id of the message, or the event id that you gave it.
            with_content: Whether to include the payload, True by default. Not in API 1.4.
            **call: `timeout` in seconds.

        Returns:
            The message.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        query = {"with_content": with_content}
        return request("GET", _ONE, app_id, msg_id, query=query, returns=MessageOut)

    @operation
    def expunge_content(self, app_id: str, msg_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete the payload of a message, which can then no longer be delivered.

        Args:
            app_id: Id or uid of the application.
            msg_id: Id of the message, or the event id that you gave it.
            **call: `timeout` in seconds.

        Returns:
            None once the payload is deleted.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("DELETE", _ONE + "/content", app_id, msg_id)

    @operation
    def expunge_all_contents(self, app_id: str, **call: Unpack[PostCall]) -> Operation[ExpungeAllContentsOut]:
        """Start a task that deletes the payloads of all messages of an application.

        Not in API 1.4.

        Args:
            app_id: Id or uid of the application.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The task.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        return request("POST", _ALL + "/expunge-all-contents", app_id, returns=ExpungeAllContentsOut)

    @operation
    def bulk_expunge_content(
        self, app_id: str, bulk_expunge_contents_in: BulkExpungeContentsIn, **call: Unpack[PostCall]
    ) -> Operation[BulkExpungeContentsOut]:
        """Delete the payloads of several messages, which can then no longer be delivered."""
        template, returns = _ALL + "/bulk-expunge", BulkExpungeContentsOut
        return request("POST", template, app_id, body=bulk_expunge_contents_in, returns=returns)


class MessagePoller(Resource[AnySender]):
    """Operations on polling endpoints, whose messages are fetched instead of delivered. Not in API 1.4."""

    @operation
    def poll(
        self,
        app_id: str,
        sink_id: str,
        *,
        event_type: str | None = None,
        channel: str | None = None,
        after: datetime | None = None,
        **call: Unpack[PageCall],
    ) -> Operation[PollingEndpointOut]:
        """Fetch messages from an iterator that the caller stores.

        Args:
            app_id: Id or uid of the application.
            sink_id: Id of the polling endpoint.
            event_type: Only messages of this event type.
            channel: Only messages of this channel.
            after: Only messages after this time. Without a timezone it is UTC.
            **call: Paging (`limit`, `iterator`), `timeout` in seconds.

        Returns:
            The messages, and the iterator of the next poll.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        query = {"event_type": event_type, "channel": channel, "after": after, **call}
        return request("GET", _POLLER, app_id, sink_id, query=query, returns=PollingEndpointOut)

    @operation
    def consumer_poll(
        self, app_id: str, sink_id: str, consumer_id: str, **call: Unpack[PageCall]
    ) -> Operation[PollingEndpointOut]:
        """Fetch a consumer's next messages. The server stores the consumer's position.

        Args:
            app_id: Id or uid of the application.
            sink_id: Id of the polling endpoint.
            consumer_id: Id of the consumer.
            **call: Paging (`limit`, `iterator`), `timeout` in seconds.

        Returns:
            The messages, and the iterator of the next poll.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        template = _POLLER + "/consumer/{}"
        return request("GET", template, app_id, sink_id, consumer_id, query=call, returns=PollingEndpointOut)

    @operation
    def consumer_seek(
        self,
        app_id: str,
        sink_id: str,
        consumer_id: str,
        polling_endpoint_consumer_seek_in: PollingEndpointConsumerSeekIn,
        **call: Unpack[PostCall],
    ) -> Operation[PollingEndpointConsumerSeekOut]:
        """Move a consumer's position.

        Args:
            app_id: Id or uid of the application.
            sink_id: Id of the polling endpoint.
            consumer_id: Id of the consumer.
            polling_endpoint_consumer_seek_in: The time to continue after.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The iterator of the new position.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        template, body = _POLLER + "/consumer/{}/seek", polling_endpoint_consumer_seek_in
        returns = PollingEndpointConsumerSeekOut
        return request("POST", template, app_id, sink_id, consumer_id, body=body, returns=returns)
