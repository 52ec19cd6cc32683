"""Lists that come in pages: all items by ``for``, one page when asked for.

Nothing is sent until something is asked for, and the next page is fetched when the last one is used
up. A provider's page says where the next one is; a page that is named twice is an error and no loop.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from webhook_verify.api._operation import Operation, PostCall, encode_query
from webhook_verify.api._sender import AsyncSender, Sender
from webhook_verify.errors import APIDecodeError

__all__ = ["AsyncPages", "PageLike", "Pages"]

_Item = TypeVar("_Item")
_ItemOut = TypeVar("_ItemOut", covariant=True)


class PageLike(Protocol[_ItemOut]):
    """What a provider's page must be able to tell."""

    @property
    def data(self) -> Sequence[_ItemOut]:
        """The items of this page."""
        ...

    def next_query(self, query: Mapping[str, object]) -> Mapping[str, object] | None:
        """What replaces parts of this page's query to get the next page; None if this is the last."""
        ...


_Page = TypeVar("_Page", bound=PageLike[Any], covariant=True)


class _PageCursor(Generic[_Page]):
    """From page to page, as far as it is no I/O."""

    def __init__(self, operation: Operation[_Page]) -> None:
        self._operation = operation
        self._seen = {encode_query(operation.query)}

    def after(self, page: PageLike[Any]) -> Operation[_Page] | None:
        """The operation that fetches the page after this one, None if there is none."""
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


class Pages(Generic[_Page]):
    """A list of a blocking client: ``for item in ...`` walks all its pages.

    Iterating raises :class:`APIError` where a page cannot be had. Each ``for`` starts anew.
    """

    def __init__(self, sender: Sender, operation: Operation[_Page], call: PostCall) -> None:
        self._sender = sender
        self._operation = operation
        self._call = call

    def __iter__(self: Pages[PageLike[_Item]]) -> Iterator[_Item]:
        for page in self.pages():
            yield from page.data

    def pages(self) -> Iterator[_Page]:
        """The pages one by one, from the first, or from the one that ``iterator`` names."""
        cursor = _PageCursor(self._operation)
        operation: Operation[_Page] | None = self._operation
        while operation is not None:
            page = self._sender.send(operation, self._call)
            yield page
            operation = cursor.after(page)

    def first_page(self) -> _Page:
        """One page and no more: the first, or the one that ``iterator`` names."""
        return self._sender.send(self._operation, self._call)


class AsyncPages(Generic[_Page]):
    """A list of an asyncio client: ``async for item in ...`` walks all its pages. As :class:`Pages`."""

    def __init__(self, sender: AsyncSender, operation: Operation[_Page], call: PostCall) -> None:
        self._sender = sender
        self._operation = operation
        self._call = call

    async def __aiter__(self: AsyncPages[PageLike[_Item]]) -> AsyncIterator[_Item]:
        async for page in self.pages():
            for item in page.data:
                yield item

    async def pages(self) -> AsyncIterator[_Page]:
        """As :meth:`Pages.pages`."""
        cursor = _PageCursor(self._operation)
        operation: Operation[_Page] | None = self._operation
        while operation is not None:
            page = await self._sender.send(operation, self._call)
            yield page
            operation = cursor.after(page)

    async def first_page(self) -> _Page:
        """As :meth:`Pages.first_page`."""
        return await self._sender.send(self._operation, self._call)
