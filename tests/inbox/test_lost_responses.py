"""A settlement that was committed, but whose response was lost, is not reported as a lost lease."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from tests.inbox.helpers import Subject, claimed, new, token
from tests.inbox.inboxes import AsyncMemoryInbox, MemoryInbox
from tests.rows import rows
from webhook_verify import Delivery
from webhook_verify.inbox import Backoff, Entry, EntryState, InboxObserver, Poison, WorkerOptions
from webhook_verify.inbox.sql.table import InboxTable
from webhook_verify.sql.execution import TransientFailure

CALLS: list[tuple[str, dict[str, Any], EntryState]] = [
    ("finish", {}, EntryState.DONE),
    ("retry", {"delay": 0.0, "error": "x"}, EntryState.READY),
    ("give_back", {}, EntryState.READY),
    ("bury", {"error": "x"}, EntryState.DEAD),
]


@pytest.fixture
def losing(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function after which the connection is lost, one time, after a statement was executed."""
    if not subject.table:
        pytest.skip("a store in memory has no connection")
    names: list[str] = []
    original = InboxTable.run

    def run(self: InboxTable, connection: Any, name: str, values: Any) -> Any:
        result = original(self, connection, name, values)
        if name in names:
            names.remove(name)
            raise TransientFailure(ConnectionError("the connection is lost"), disconnected=True)
        return result

    monkeypatch.setattr(InboxTable, "run", run)
    return names.append


@pytest.mark.server
def test_a_store_recognizes_its_own_settlement(subject: Subject, losing: Callable[[str], None]) -> None:
    for lane in ("", "lane"):
        for call, options, state in CALLS:
            number, tag = subject.store.put(new(lane)).id, token()
            assert claimed(subject.store, tag) == [number]
            losing("commit" if lane else call)
            assert getattr(subject.store, call)(number, tag, **options) is True, (call, lane)
            entry = subject.store.get(number)
            assert entry is not None
            assert (entry.state, entry.token) == (state, "")
            assert getattr(subject.store, call)(number, tag, **options) is False, "a new call holds nothing"
            subject.empty()


@pytest.mark.server
def test_a_store_reports_a_lease_that_another_claim_has_taken(
    subject: Subject, losing: Callable[[str], None]
) -> None:
    for call, options, _ in CALLS:
        number, first, second = subject.store.put(new()).id, token(), token()
        claimed(subject.store, first)
        subject.age(100)
        assert claimed(subject.store, second) == [number]
        losing(call)
        assert getattr(subject.store, call)(number, first, **options) is False
        assert subject.store.finish(number, second)


class Losing:
    """A store in memory that loses the response to the first call of a method, after the call."""

    def __init__(self, store: Any, method: str, *, is_async: bool) -> None:
        self._store = store
        self._method = method
        self._is_async = is_async

    def __getattr__(self, name: str) -> Any:
        if name != self._method:
            return getattr(self._store, name)
        self._method = ""
        method = getattr(self._store, name)
        if name == "transaction":
            return _transaction_async(method) if self._is_async else _transaction(method)
        return _call_async(method) if self._is_async else _call(method)


def _call(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> None:
        method(*arguments, **options)
        raise ConnectionError

    return call


def _call_async(method: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*arguments: Any, **options: Any) -> None:
        await method(*arguments, **options)
        raise ConnectionError

    return call


def _transaction(method: Callable[..., Any]) -> Callable[..., Any]:
    @contextmanager
    def transaction(*arguments: Any) -> Generator[Any]:
        with method(*arguments) as connection:
            yield connection
        raise ConnectionError

    return transaction


def _transaction_async(method: Callable[..., Any]) -> Callable[..., Any]:
    @asynccontextmanager
    async def transaction(*arguments: Any) -> AsyncGenerator[Any]:
        async with method(*arguments) as connection:
            yield connection
        raise ConnectionError

    return transaction


class Hooks(InboxObserver):
    def __init__(self) -> None:
        self.called: list[str] = []

    def on_done(self, entry: Entry, seconds: float) -> None:
        self.called.append("done")

    def on_retry(self, *_: Any) -> None:
        self.called.append("retry")

    def on_dead(self, *_: Any) -> None:
        self.called.append("dead")

    def on_lost(self, entry: Entry) -> None:
        self.called.append("lost")


@rows(
    "method, error, hook, state",
    [
        ("finish", None, "done", "done"),
        ("retry", ValueError(), "retry", "ready"),
        ("bury", Poison(), "dead", "dead"),
        ("transaction", None, "done", "done"),
    ],
)
@rows("is_async", [False, True])
def test_workers_report_the_result_that_was_recorded(
    method: str, error: Exception | None, hook: str, state: str, is_async: bool
) -> None:
    inbox: Any = AsyncMemoryInbox() if is_async else MemoryInbox()
    number, hooks = inbox.put(), Hooks()
    store = inbox.store
    inbox.store = Losing(store, method, is_async=is_async)

    async def handle_async(delivery: Delivery) -> None:
        if method == "transaction":
            async with inbox.transaction():
                pass
        if error is not None:
            raise error

    def handle(delivery: Delivery) -> None:
        if method == "transaction":
            with inbox.transaction():
                pass
        if error is not None:
            raise error

    inbox.handler("*", retry=Backoff(first=60))(handle_async if is_async else handle)
    result = inbox.drain(limit=1, options=WorkerOptions(observer=hooks))
    assert (asyncio.run(result) if is_async else result) == 1
    inbox.store = store
    assert (hooks.called, inbox.state(number)) == ([hook], state)
