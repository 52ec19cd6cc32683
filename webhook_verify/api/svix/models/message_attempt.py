"""Attempts: what became of messages at endpoints."""

from __future__ import annotations

from datetime import datetime

from webhook_verify.api._model import Model
from webhook_verify.api.svix.models.enums import MessageAttemptTriggerType, MessageStatus, MessageStatusText
from webhook_verify.api.svix.models.message import MessageOut

__all__ = ["EndpointMessageOut", "MessageAttemptOut"]


class MessageAttemptOut(Model, frozen=True, kw_only=True):
    """One attempt to deliver a message to an endpoint. API 1.4 calls some MessageAttemptEndpointOut."""

    redacted_fields = frozenset({"response"})

    id: str
    """The id that the server gave, ``atmpt_`` and 27 letters and digits."""
    msg_id: str
    """The id of the message."""
    endpoint_id: str
    """The id of the endpoint."""
    url: str
    """Where it was delivered."""
    timestamp: datetime
    """When it was made."""
    status: MessageStatus
    """What became of it."""
    response_status_code: int
    """The HTTP status of the answer, 0 where none came."""
    trigger_type: MessageAttemptTriggerType
    """Whether it was due, or asked for by hand."""
    response: str
    """The body of the answer, as text."""
    response_duration_ms: int | None = None
    """How long the answer took, in milliseconds. None in API 1.4."""
    status_text: MessageStatusText | None = None
    """``status`` in a word. None in API 1.4."""
    msg: MessageOut | None = None
    """The message, if it was asked for."""


class EndpointMessageOut(MessageOut, frozen=True, kw_only=True):
    """A message, and what became of it at one endpoint."""

    status: MessageStatus
    """How far its delivery is."""
    status_text: MessageStatusText | None = None
    """``status`` in a word. None in API 1.4."""
    next_attempt: datetime | None = None
    """When it is tried next; None if it is not."""
