"""`inbox.transaction()`: done is written in the transaction of the work."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.inbox.inboxes import AsyncMemoryInbox, MemoryInbox
from tests.inbox.running import running
from tests.waiting import wait_until
from webhook_verify import Delivery
from webhook_verify.inbox import LeaseLost, MemoryInboxStore
from webhook_verify.inbox.entries import Entry


class Database:
    """A database of the application, with transactions."""

    def __init__(self) -> None:
        self.committed: list[str] = []

    @contextmanager
    def begin(self) -> Generator[list[str]]:
        written: list[str] = []
        yield written
        self.committed += written


def transactional() -> tuple[MemoryInbox, Database, list[str]]:
    database = Database()
    inbox = MemoryInbox(MemoryInboxStore(connect=database.begin))
    calls: list[str] = []
    finish = inbox.store.finish

    def counted(*arguments: Any) -> Any:
        calls.append("finish")
        return finish(*arguments)

    inbox.store.finish = counted
    return inbox, database, calls


@pytest.mark.parametrize("way", ["drain", "run_async"])
def test_a_transaction_records_the_entry_as_done(way: str) -> None:
    inbox, database, calls = transactional()

    @inbox.handler("*")
    def handle(delivery: Delivery) -> None:
        with inbox.transaction() as connection:
            connection.append("row")

    inbox.put()
    if way == "drain":
        inbox.drain()
    else:
        with running(inbox, 1, "run_async"):
            wait_until(lambda: inbox.state(1) == "done")
    assert (database.committed, calls, inbox.state(1)) == (["row"], [], "done")


def test_a_failed_transaction_is_a_failed_attempt() -> None:
    inbox, database, _ = transactional()

    @inbox.handler("*")
    def handle(delivery: Delivery) -> None:
        with inbox.transaction() as connection:
            connection.append("row")
            raise ValueError

    inbox.put()
    inbox.drain()
    assert (database.committed, inbox.state(1), inbox.entry(1).attempts) == ([], "ready", 1)


def test_a_failure_after_the_transaction_does_not_undo_it(caplog: pytest.LogCaptureFixture) -> None:
    inbox, database, _ = transactional()

    @inbox.handler("*")
    def handle(delivery: Delivery) -> None:
        with inbox.transaction() as connection:
            connection.append("row")
        raise ValueError

    inbox.put()
    inbox.drain()
    assert (database.committed, inbox.state(1)) == (["row"], "done")
    assert "failed after its transaction" in caplog.text


def test_a_transaction_of_a_lost_lease_is_rolled_back(caplog: pytest.LogCaptureFixture) -> None:
    inbox, database, _ = transactional()
    errors: list[type[Exception]] = []

    @inbox.handler("*")
    def handle(delivery: Delivery, entry: Entry) -> None:
        try:
            with inbox.transaction() as connection:
                connection.append("row")
                inbox.store.give_back(entry.id, entry.token)
                inbox.store.claim("other", lease=60)
        except LeaseLost as error:
            errors.append(type(error))
            raise

    inbox.put()
    inbox.drain()
    assert (database.committed, errors) == ([], [LeaseLost])
    assert inbox.entry(1).token == "other"
    assert "lost its lease; the result is not recorded" in caplog.text


def test_a_transaction_needs_the_context_of_a_handler() -> None:
    inbox, other = MemoryInbox(), MemoryInbox()
    errors: list[str] = []

    def attempt(inbox: MemoryInbox) -> None:
        try:
            with inbox.transaction():
                pass
        except RuntimeError as error:
            errors.append(str(error))

    @inbox.handler("*")
    def handle(delivery: Delivery) -> None:
        attempt(other)
        attempt(inbox)
        attempt(inbox)

    attempt(inbox)
    inbox.put()
    inbox.drain()
    assert ["recorded as done already" in error for error in errors] == [False, False, True]
    assert inbox.state(1) == "done"


def test_an_async_transaction() -> None:
    inbox = AsyncMemoryInbox()

    @inbox.handler("*")
    async def handle(delivery: Delivery) -> None:
        async with inbox.transaction():
            assert inbox.state(1) == "running"
        assert inbox.state(1) == "done"

    inbox.put()
    asyncio.run(inbox.drain())
    assert inbox.state(1) == "done"


def test_a_transaction_of_a_claimed_entry() -> None:
    inbox, database, _ = transactional()
    inbox.put()
    entry = inbox.store.claim("t", lease=60)[0]
    with inbox.transaction(entry) as connection:
        connection.append("row")
    assert (database.committed, inbox.state(1)) == (["row"], "done")
