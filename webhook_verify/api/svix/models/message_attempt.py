"""Payloads of delivery attempts."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from webhook_verify.api._model import Model
from webhook_verify.api.svix.models.enums import MessageAttemptTriggerType, MessageStatus, MessageStatusText
from webhook_verify.api.svix.models.message import MessageOut

__all__ = ["EndpointMessageOut", "MessageAttemptOut"]


class MessageAttemptOut(Model, frozen=True, kw_only=True):
    """An attempt to deliver a message to an endpoint. In API 1.4 also named `MessageAttemptEndpointOut`."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"response"})

    id: str
    """Server-assigned id: `atmpt_` and 27 letters or digits."""
    msg_id: str
    """Id of the message."""
    endpoint_id: str
    """Id of the endpoint."""
    url: str
    """URL of the request."""
    timestamp: datetime
    """Time of the attempt."""
    status: MessageStatus
    """Status of the delivery after the attempt."""
    response_status_code: int
    """Status code of the response, 0 without a response."""
    trigger_type: MessageAttemptTriggerType
    """Cause of the attempt."""
    response: str
    """Response body, as text."""
    response_duration_ms: int | None = None
    """Duration of the request in milliseconds. None in API 1.4."""
    status_text: MessageStatusText | None = None
    """Text of `status`. None in API 1.4."""
    msg: MessageOut | None = None
    """The message, if it was requested."""


class EndpointMessageOut(MessageOut, frozen=True, kw_only=True):
    """A message, with its delivery status at an endpoint."""

    status: MessageStatus
    """Delivery status of the message."""
    status_text: MessageStatusText | None = None
    """Text of `status`. None in API 1.4."""
    next_attempt: datetime | None = None
    """Time of the next attempt; None if none is scheduled."""
