"""What the lists of the API take: where to start, how much, and of what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from webhook_verify.api._operation import Call
from webhook_verify.api.svix.models.enums import MessageStatus, Ordering

__all__ = ["AttemptListCall", "ListCall", "MessageListCall", "PageCall", "StatusListCall"]


class PageCall(Call, total=False):
    """``limit``: how many items a page has, 1 to 250; 50 by default. ``iterator``: where to start."""

    limit: int | None
    iterator: str | None


class ListCall(PageCall, total=False):
    """As :class:`PageCall`. ``order``: by time of creation; newest first by default."""

    order: Ordering | None


class MessageListCall(PageCall, total=False):
    """As :class:`PageCall`, newest first, of messages of these event types and this channel.

    The server looks at 90 days: around ``before`` and ``after``, or until now.
    """

    event_types: Collection[str] | None
    channel: str | None
    before: datetime | None
    after: datetime | None


class StatusListCall(MessageListCall, total=False):
    """As :class:`MessageListCall`, where the delivery is in this state."""

    status: MessageStatus | None


class AttemptListCall(StatusListCall, total=False):
    """As :class:`StatusListCall`. API 1.4 has none of the following.

    ``tag``: of messages with this tag. ``with_content``: whether to answer payloads and responses, True
    by default. ``expanded_statuses``: whether to tell more statuses than success, pending, fail and
    sending.
    """

    tag: str | None
    with_content: bool | None
    expanded_statuses: bool | None
