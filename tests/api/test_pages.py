"""Paginated lists: iteration over all items, single pages, and no endless loop."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from webhook_verify import APIDecodeError
from webhook_verify.api.svix import AsyncSvix, BackgroundTaskOut, Page, Svix

TASK = {"status": "running", "task": "endpoint.replay", "data": {}}


class Pager:
    """Serves tasks t0, t1... in pages; ``asked`` lists the iterators that were asked for."""

    def __init__(self, count: int, *, never_done: bool = False) -> None:
        self.asked: list[str | None] = []
        self._count = count
        self._never_done = never_done

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        place = request.url.params.get("iterator")
        self.asked.append(place)
        size = int(request.url.params.get("limit", 50))
        start = 0 if place is None else int(place.removeprefix("t")) + 1
        numbers = list(range(start, min(start + size, self._count)))
        done = not self._never_done and start + size >= self._count
        iterator = f"t{numbers[-1]}" if numbers else None
        data = [{**TASK, "id": f"t{number}"} for number in numbers]
        return httpx2.Response(200, json={"data": data, "done": done, "iterator": iterator})

    def client(self) -> Svix:
        return Svix("t", http_client=httpx2.Client(transport=httpx2.MockTransport(self)))

    def async_client(self) -> AsyncSvix:
        return AsyncSvix("t", http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(self)))


def walked(pager: Pager, **query: Any) -> list[str]:
    return [task.id for task in pager.client().background_task.list(**query)]


def walked_async(pager: Pager, **query: Any) -> list[str]:
    async def run() -> list[str]:
        return [task.id async for task in pager.async_client().background_task.list(**query)]

    return asyncio.run(run())


both = pytest.mark.parametrize("walk", [walked, walked_async])


@both
@pytest.mark.parametrize(
    ("count", "limit", "pages"), [(0, 2, 1), (1, 2, 1), (2, 2, 1), (3, 2, 2), (250, 50, 5)]
)
def test_all_items_in_order_with_as_few_calls_as_there_are_pages(
    walk: Any, count: int, limit: int, pages: int
) -> None:
    pager = Pager(count)
    assert walk(pager, limit=limit) == [f"t{number}" for number in range(count)]
    assert len(pager.asked) == pages


@both
def test_a_list_may_start_in_the_middle(walk: Any) -> None:
    assert walk(Pager(5), iterator="t2") == ["t3", "t4"]


@both
def test_a_page_that_was_there_already_is_an_error(walk: Any) -> None:
    pager = Pager(3, never_done=True)
    with pytest.raises(APIDecodeError, match="was already read"):
        walk(pager, limit=2)
    assert pager.asked == [None, "t1", "t2"]


def test_nothing_is_asked_before_it_is_needed() -> None:
    pager = Pager(4)
    tasks = iter(pages := pager.client().background_task.list(limit=2))
    assert pager.asked == []
    assert [next(tasks).id, next(tasks).id] == ["t0", "t1"]
    assert pager.asked == [None]
    assert next(tasks).id == "t2"
    assert pager.asked == [None, "t1"]
    assert len(list(pages)) == len(list(pages)) == 4  # each for starts anew


def test_one_page_when_asked_for() -> None:
    pager = Pager(4)
    page = pager.client().background_task.list(limit=3).first_page()
    assert type(page) is Page
    assert all(type(task) is BackgroundTaskOut for task in page.data)
    assert (len(page.data), page.done, page.iterator, pager.asked) == (3, False, "t2", [None])
    assert [len(page.data) for page in pager.client().background_task.list(limit=3).pages()] == [3, 1]

    async def run() -> list[int]:
        pages = Pager(4).async_client().background_task.list(limit=3)
        return [len((await pages.first_page()).data), *[len(page.data) async for page in pages.pages()]]

    assert asyncio.run(run()) == [3, 3, 1]
