"""One page of any list of the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from webhook_verify.api._model import Model

__all__ = ["Page"]

_Item = TypeVar("_Item")


class Page(Model, Generic[_Item], frozen=True, kw_only=True):
    """One page of a list."""

    data: list[_Item]
    """The items, at most as many as ``limit`` asked for."""
    done: bool
    """Whether this is the last page."""
    iterator: str | None = None
    """Where the next page starts. The last page has one too: only ``done`` ends a list."""
    prev_iterator: str | None = None
    """Where to go on backwards, if the list can."""

    def next_query(self, query: Mapping[str, object]) -> Mapping[str, object] | None:
        """What of the query changes for the next page; None if this is the last."""
        return None if self.done else {"iterator": self.iterator}
