"""Lists with several pages: iterate over all items, or fetch a single page.

Nothing is sent before the first item is requested, and the next page is fetched once the current one is
exhausted. A page that leads to a page that was already read raises an error instead of an endless loop.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from webhook_verify.api._operation import Operation, PostCall, encode_query
from webhook_verify.api._sender import AsyncSender, Sender
from webhook_verify.errors import APIDecodeError

__all__ = ["AsyncPages", "PageLike", "Pages"]

_Item = TypeVar("_Item")
_ItemOut = TypeVar("_ItemOut", covariant=True)


class PageLike(Protocol[_ItemOut]):
    """The interface of a provider's page."""

    @property
    def data(self) -> Sequence[_ItemOut]:
        """Items of this page."""
        ...

    def next_query(self, query: Mapping[str, object]) -> Mapping[str, object] | None:
        """Return the query parameters that change for the next page, or None if this is the last one."""
        ...


_Page = TypeVar("_Page", bound=PageLike[Any], covariant=True)


class _PageCursor(Generic[_Page]):
    """The position in a list. Does no I/O."""

    def __init__(self, operation: Operation[_Page]) -> None:
        self._operation = operation
        self._seen = {encode_query(operation.query)}

    def after(self, page: PageLike[Any]) -> Operation[_Page] | None:
        """Return the operation that fetches the page after this one, or None if this is the last one."""
        change = page.next_query(self._operation.query)
        if change is None:
            return None
        self._operation = self._operation._replace(query={**self._operation.query, **change})
        key = encode_query(self._operation.query)
        if key in self._seen:
            raise APIDecodeError(
                "the next page of the list is a page that was already read, so the list would not end"
            )
        self._seen.add(key)
        return self._operation


_PAGE_NAMES = frozenset({"data", "done", "iterator", "prev_iterator"})


class _AnyPages:
    """Errors for code that takes a list for its first page."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            hint = (
                ": iterate for all items, or use the page that first_page() returns"
                if name in _PAGE_NAMES
                else ""
            )
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{hint}")


class Pages(_AnyPages, Generic[_Page]):
    """A list of a synchronous client. `for item in pages` reads all pages.

    Each iteration starts at the first page. It raises `APIError` if a page cannot be fetched.
    """

    def __init__(self, sender: Sender, operation: Operation[_Page], call: PostCall) -> None:
        self._sender = sender
        self._operation = operation
        self._call = call

    def __iter__(self: Pages[PageLike[_Item]]) -> Iterator[_Item]:
        for page in self.pages():
            yield from page.data

    def pages(self) -> Iterator[_Page]:
        """Yield the pages, starting at the first one or at the position that the call requested."""
        cursor = _PageCursor(self._operation)
        operation: Operation[_Page] | None = self._operation
        while operation is not None:
            page = self._sender.send(operation, self._call)
            yield page
            operation = cursor.after(page)

    def first_page(self) -> _Page:
        """Return a single page: the first one, or the one that the call requested."""
        return self._sender.send(self._operation, self._call)


class AsyncPages(_AnyPages, Generic[_Page]):
    """A list of an asynchronous client. `async for item in pages` reads all pages.

    Each iteration starts at the first page. It raises `APIError` if a page cannot be fetched.
    """

    def __init__(self, sender: AsyncSender, operation: Operation[_Page], call: PostCall) -> None:
        self._sender = sender
        self._operation = operation
        self._call = call

    async def __aiter__(self: AsyncPages[PageLike[_Item]]) -> AsyncIterator[_Item]:
        async for page in self.pages():
            for item in page.data:
                yield item

    async def pages(self) -> AsyncIterator[_Page]:
        """Yield the pages, starting at the first one or at the position that the call requested."""
        cursor = _PageCursor(self._operation)
        operation: Operation[_Page] | None = self._operation
        while operation is not None:
            page = await self._sender.send(operation, self._call)
            yield page
            operation = cursor.after(page)

    async def first_page(self) -> _Page:
        """Return a single page: the first one, or the one that the call requested."""
        return await self._sender.send(self._operation, self._call)

    if not TYPE_CHECKING:

        def __await__(self) -> object:
            raise TypeError("a list is not awaitable: use 'async for', or await first_page() for one page")
