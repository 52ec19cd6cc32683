"""What the lists of the API take: where to start, how much, and of what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from webhook_verify.api._operation import Call
from webhook_verify.api.lithic.models import MessageAttemptStatus

__all__ = ["AttemptListCall", "PageCall", "TimeCall", "comma_joined"]


class PageCall(Call, total=False):
    """``page_size``: how many items a page has, 1 to 100; 50 by default.

    ``starting_after``: the token of the item to start after. ``ending_before``: the token of the item to
    go backwards from. Each page is newest first then too, so the items of all pages are in no one order.
    """

    page_size: int | None
    starting_after: str | None
    ending_before: str | None


class TimeCall(PageCall, total=False):
    """As :class:`PageCall`. ``begin`` and ``end``: of what was created between these times."""

    begin: datetime | None
    end: datetime | None


class AttemptListCall(TimeCall, total=False):
    """As :class:`TimeCall`. ``status``: of attempts that this became of."""

    status: MessageAttemptStatus | None


def comma_joined(texts: Collection[str] | None) -> str | None:
    """How Lithic's queries hold several texts; None for none."""
    return texts if isinstance(texts, str) else ",".join(texts or ()) or None
