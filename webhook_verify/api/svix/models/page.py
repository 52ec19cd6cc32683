"""A page of a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from webhook_verify.api._model import Model

__all__ = ["Page"]

_Item = TypeVar("_Item")


class Page(Model, Generic[_Item], frozen=True, kw_only=True):
    """A page of a list."""

    data: list[_Item]
    """Items of the page, at most `limit`."""
    done: bool
    """Whether this is the last page."""
    iterator: str | None = None
    """Start of the next page. The last page has one too; only `done` marks the end."""
    prev_iterator: str | None = None
    """Start of the previous page, if the list can be read backwards."""

    def next_query(self, query: Mapping[str, object]) -> Mapping[str, object] | None:
        """Return the query parameters that change for the next page.

        Args:
            query: Query parameters of this page.

        Returns:
            The changed parameters, or None if this is the last page.
        """
        return None if self.done else {"iterator": self.iterator}
