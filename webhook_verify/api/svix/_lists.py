"""Keyword arguments of the list operations."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from webhook_verify.api._operation import Call
from webhook_verify.api.svix.models.enums import MessageStatus, Ordering

__all__ = ["AttemptListCall", "ListCall", "MessageListCall", "PageCall", "StatusListCall"]


class PageCall(Call, total=False):
    """Keyword arguments of a list."""

    limit: int | None
    """Number of items per page, 1 to 250. 50 by default."""
    iterator: str | None
    """Where to start: the `iterator` of the previous page."""


class ListCall(PageCall, total=False):
    """Keyword arguments of a list with a selectable order."""

    order: Ordering | None
    """Order by time of creation. Newest first by default."""


class MessageListCall(PageCall, total=False):
    """Keyword arguments of a list of messages, newest first.

    The server searches 90 days: around `before` and `after`, or the last 90 days.
    """

    event_types: Collection[str] | None
    """Only messages of these event types."""
    channel: str | None
    """Only messages of this channel."""
    before: datetime | None
    """Only messages before this time."""
    after: datetime | None
    """Only messages after this time."""


class StatusListCall(MessageListCall, total=False):
    """Keyword arguments of a list of attempts."""

    status: MessageStatus | None
    """Only items with this delivery status."""


class AttemptListCall(StatusListCall, total=False):
    """Keyword arguments of a list of attempts, with the filters that API 1.4 lacks."""

    tag: str | None
    """Only messages with this tag. Not in API 1.4."""
    with_content: bool | None
    """Whether to include payloads and responses. True by default; not in API 1.4."""
    expanded_statuses: bool | None
    """Whether to use more statuses than success, pending, fail and sending. Not in API 1.4."""
