"""Keyword arguments of the list operations."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from webhook_verify.api._operation import Call
from webhook_verify.api.lithic.models import MessageAttemptStatus

__all__ = ["AttemptListCall", "PageCall", "TimeCall", "comma_joined"]


class PageCall(Call, total=False):
    """Keyword arguments of a list."""

    page_size: int | None
    """Number of items per page, 1 to 100. 50 by default."""
    starting_after: str | None
    """Token of the item to start after."""
    ending_before: str | None
    """Token of the item to read backwards from.

    Each page is still newest first, so the items of all pages together are not sorted.
    """


class TimeCall(PageCall, total=False):
    """Keyword arguments of a list with a period."""

    begin: datetime | None
    """Only items created after this time."""
    end: datetime | None
    """Only items created before this time."""


class AttemptListCall(TimeCall, total=False):
    """Keyword arguments of a list of attempts."""

    status: MessageAttemptStatus | None
    """Only attempts with this status."""


def comma_joined(texts: Collection[str] | None) -> str | None:
    """Join the items of a query parameter in Lithic's format; None without items."""
    return texts if isinstance(texts, str) else ",".join(texts or ()) or None
