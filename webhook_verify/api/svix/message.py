"""Operations on messages, and polling for them."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import MessageListCall, PageCall
from webhook_verify.api.svix.models.account import ExpungeAllContentsOut
from webhook_verify.api.svix.models.message import (
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
    """The messages of an application. ``msg_id`` is the server's id or your own event id."""

    @paged
    def list(
        self,
        app_id: str,
        *,
        tag: str | None = None,
        with_content: bool | None = None,
        **call: Unpack[MessageListCall],
    ) -> Operation[Page[MessageOut]]:
        """The messages of an application. API 1.4 knows neither ``tag`` nor ``with_content``."""
        query = {"tag": tag, "with_content": with_content, **call}
        return request("GET", _ALL, app_id, query=query, returns=Page[MessageOut])

    @operation
    def create(
        self,
        app_id: str,
        message: MessageIn,
        *,
        with_content: bool | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[MessageOut]:
        """Send a message. The result has its payload unless ``with_content`` is False."""
        query = {"with_content": with_content}
        return request("POST", _ALL, app_id, query=query, body=message, returns=MessageOut)

    @operation
    def precheck(
        self, app_id: str, message: MessagePrecheckIn, **call: Unpack[PostCall]
    ) -> Operation[MessagePrecheckOut]:
        """Whether anybody would get such a message. Not in API 1.4."""
        return request("POST", _ALL + "/precheck/active", app_id, body=message, returns=MessagePrecheckOut)

    @operation
    def get(
        self, app_id: str, msg_id: str, *, with_content: bool | None = None, **call: Unpack[Call]
    ) -> Operation[MessageOut]:
        """One message. API 1.4 knows no ``with_content``, which is True by default."""
        query = {"with_content": with_content}
        return request("GET", _ONE, app_id, msg_id, query=query, returns=MessageOut)

    @operation
    def expunge_content(self, app_id: str, msg_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete the payload of a message; it can no longer be delivered."""
        return request("DELETE", _ONE + "/content", app_id, msg_id)

    @operation
    def expunge_all_contents(self, app_id: str, **call: Unpack[PostCall]) -> Operation[ExpungeAllContentsOut]:
        """Delete the payloads of all messages of an application, in the background. Not in API 1.4."""
        return request("POST", _ALL + "/expunge-all-contents", app_id, returns=ExpungeAllContentsOut)


class MessagePoller(Resource[AnySender]):
    """Polling endpoints: messages that are fetched instead of delivered. Not in API 1.4."""

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
        """The messages from ``iterator`` on, up to ``limit``; you keep the place."""
        query = {"event_type": event_type, "channel": channel, "after": after, **call}
        return request("GET", _POLLER, app_id, sink_id, query=query, returns=PollingEndpointOut)

    @operation
    def consumer_poll(
        self, app_id: str, sink_id: str, consumer_id: str, **call: Unpack[PageCall]
    ) -> Operation[PollingEndpointOut]:
        """The next messages of a consumer, up to ``limit``; the server keeps the place."""
        template = _POLLER + "/consumer/{}"
        return request("GET", template, app_id, sink_id, consumer_id, query=call, returns=PollingEndpointOut)

    @operation
    def consumer_seek(
        self,
        app_id: str,
        sink_id: str,
        consumer_id: str,
        place: PollingEndpointConsumerSeekIn,
        **call: Unpack[PostCall],
    ) -> Operation[PollingEndpointConsumerSeekOut]:
        """Move the place of a consumer."""
        template, returns = _POLLER + "/consumer/{}/seek", PollingEndpointConsumerSeekOut
        return request("POST", template, app_id, sink_id, consumer_id, body=place, returns=returns)
