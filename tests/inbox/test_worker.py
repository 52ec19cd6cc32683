"""The processing of entries by one worker, with threads and with tasks: the same rules for both."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.inbox.inboxes import AsyncMemoryInbox, MemoryInbox, SettableClock
from tests.rows import rows
from webhook_verify import Delivery
from webhook_verify.events import EventRouter, UnknownEvent, svix
from webhook_verify.inbox import Backoff, InboxObserver, LeaseLost, Poison, Retry, WorkerOptions
from webhook_verify.inbox.entries import Entry

Inbox = MemoryInbox | AsyncMemoryInbox


def drained(inbox: Inbox, **options: Any) -> int:
    """Process what is due."""
    if isinstance(inbox, MemoryInbox):
        return inbox.drain(**options)
    return asyncio.run(inbox.drain(**options))


@pytest.fixture(params=[MemoryInbox, AsyncMemoryInbox], ids=["threads", "tasks"])
def inbox(request: pytest.FixtureRequest) -> Inbox:
    clock = SettableClock()
    inbox: Inbox = request.param(clock=clock)
    return inbox


def clock_of(inbox: Inbox) -> SettableClock:
    store = inbox.store if isinstance(inbox, MemoryInbox) else inbox.store.entries
    clock = store._clock
    assert isinstance(clock, SettableClock)
    return clock


def failing(error: BaseException, *, is_async: bool = False) -> Callable[[Delivery], Any]:
    async def handle_async(delivery: Delivery) -> None:
        raise error

    def handle(delivery: Delivery) -> None:
        raise error

    return handle_async if is_async else handle


def test_a_handler_gets_its_delivery_and_its_entry(inbox: Inbox) -> None:
    calls: list[Any] = []

    @inbox.handler("invoice.*")
    def sync(delivery: Delivery, entry: Entry) -> None:
        calls.append((delivery.json()["data"], entry.id, entry.attempts))

    @inbox.handler("message.*")
    async def not_sync(delivery: Delivery) -> None:
        await asyncio.sleep(0)
        calls.append(delivery.json()["data"])

    ids = [inbox.put("invoice.paid", data=1), inbox.put("message.sent", data=2)]
    assert drained(inbox) == 2
    assert calls == [(1, ids[0], 1), 2]
    assert [inbox.state(number) for number in ids] == ["done", "done"]
    assert drained(inbox) == 0


def test_run_once_processes_one_entry(inbox: Inbox) -> None:
    inbox.handler("*")(lambda delivery: None)
    ids = [inbox.put(), inbox.put()]
    run_once: Any = inbox.run_once
    results = [run_once() if isinstance(inbox, MemoryInbox) else asyncio.run(run_once()) for _ in range(3)]
    assert results == [True, True, False]
    assert [inbox.state(number) for number in ids] == ["done", "done"]


OUTCOMES: list[tuple[BaseException, str, float | None]] = [
    (ValueError("e"), "ready", 10),
    (Retry(after=3, reason="busy"), "ready", 3),
    (Retry(after=timedelta(hours=1)), "ready", 3600),
    (Retry(), "ready", 10),
    (Poison("no such customer"), "dead", None),
    (SystemExit(1), "ready", 10),
    (asyncio.CancelledError(), "ready", 10),
    (BaseExceptionGroup("", [ValueError()]), "ready", 10),
]


@rows("error, state, due_in", OUTCOMES)
@rows("is_async", [False, True])
@rows("kind", [MemoryInbox, AsyncMemoryInbox])
def test_the_outcome_of_an_exception(
    error: BaseException, state: str, due_in: float | None, is_async: bool, kind: Callable[..., Inbox]
) -> None:
    clock = SettableClock()
    inbox = kind(clock=clock)
    inbox.handler("*", retry=Backoff(first=10, jitter=0))(failing(error, is_async=is_async))
    entry_id = inbox.put()
    assert drained(inbox) == 1
    entry = inbox.entry(entry_id)
    assert (str(entry.state), entry.attempts) == (state, 1)
    assert type(error).__name__ in entry.error.splitlines()[0]
    if due_in is not None:
        assert entry.due_at == clock.now + due_in


def test_an_entry_is_dead_after_its_last_attempt(inbox: Inbox) -> None:
    calls: list[int] = []

    @inbox.handler("*", retry=Backoff(first=1, factor=1, jitter=0, max_attempts=3))
    def fail(delivery: Delivery, entry: Entry) -> None:
        calls.append(entry.attempts)
        raise ValueError("e")

    entry_id = inbox.put()
    for _ in range(5):
        drained(inbox)
        clock_of(inbox).now += 1
    assert calls == [1, 2, 3]
    assert inbox.state(entry_id) == "dead"


def test_an_entry_that_kills_its_worker_is_dead_after_its_last_claim(inbox: Inbox) -> None:
    calls: list[int] = []
    inbox.handler("*", retry=Backoff(max_attempts=3))(lambda delivery: calls.append(1))
    entry_id = inbox.put()
    store = inbox.store if isinstance(inbox, MemoryInbox) else inbox.store.entries
    for _ in range(3):
        assert store.claim("killed", lease=60)
        clock_of(inbox).now += 60
    other = inbox.put()
    drained(inbox)
    assert calls == [1]
    assert inbox.state(other) == "done"
    assert inbox.state(entry_id) == "dead"
    assert inbox.entry(entry_id).error.startswith("3 attempts ended without a result")


@rows("event_type, named", [("invoice.paid", "'invoice.paid'"), (None, "'None'")])
@rows("kind", [MemoryInbox, AsyncMemoryInbox])
def test_an_entry_without_a_handler_is_dead(
    event_type: str | None, named: str, kind: Callable[..., Inbox]
) -> None:
    inbox = kind()
    inbox.handler("other")(lambda delivery: None)
    entry_id = inbox.put(event_type)
    drained(inbox)
    assert inbox.state(entry_id) == "dead"
    assert inbox.entry(entry_id).error.startswith(f"no handler matches the event type {named}")


def test_a_failing_predicate_is_a_failed_attempt(inbox: Inbox) -> None:
    inbox.handler(lambda delivery: delivery.json()["absent"])(lambda delivery: None)
    entry_id = inbox.put()
    drained(inbox)
    assert (inbox.state(entry_id), inbox.entry(entry_id).attempts) == ("ready", 1)
    assert inbox.entry(entry_id).error.startswith("KeyError: 'absent'")


def test_an_entry_that_cannot_be_rebuilt_stops_nothing(inbox: Inbox) -> None:
    inbox.handler("*")(lambda delivery: None)
    entry_id, other = inbox.put(), inbox.put()
    inbox.entry(entry_id).stored.parts.clear()
    drained(inbox)
    assert (inbox.state(entry_id), inbox.state(other)) == ("ready", "done")


def test_a_router_of_events_is_a_handler(inbox: Inbox) -> None:
    router = EventRouter(svix, unreadable_status=None)

    @router.on(UnknownEvent)
    def fail(event: UnknownEvent) -> None:
        raise Poison("unknown")

    inbox.handler("*")(router.dispatch)
    entry_id = inbox.put()
    drained(inbox)
    assert inbox.state(entry_id) == "dead"
    assert "Poison: unknown" in inbox.entry(entry_id).error


def test_a_lane_is_processed_in_order_and_a_retry_blocks_it(inbox: Inbox) -> None:
    order: list[int] = []

    @inbox.handler("*", retry=Backoff(first=10, jitter=0))
    def handle(delivery: Delivery, entry: Entry) -> None:
        order.append(entry.id)
        if entry.id == 2 and entry.attempts == 1:
            raise ValueError

    for lane in ("a", "a", "a", "b"):
        inbox.put(lane=lane)
    drained(inbox)
    assert order == [1, 2, 4]
    clock_of(inbox).now += 10
    drained(inbox)
    assert order == [1, 2, 4, 2, 3]


def test_with_skip_a_retry_does_not_block_its_lane(inbox: Inbox) -> None:
    order: list[int] = []

    @inbox.handler("*", retry=Backoff(first=10, jitter=0))
    def handle(delivery: Delivery, entry: Entry) -> None:
        order.append(entry.id)
        if entry.id == 1 and entry.attempts == 1:
            raise ValueError

    inbox.put(lane="a")
    inbox.put(lane="a")
    drained(inbox, options=WorkerOptions(on_block="skip"))
    assert order == [1, 2]


class Recorder(InboxObserver):
    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def on_claimed(self, entry: Entry) -> None:
        self.calls.append(("claimed", entry.id, entry.attempts))

    def on_done(self, entry: Entry, seconds: float) -> None:
        self.calls.append(("done", entry.id))

    def on_retry(self, entry: Entry, error: BaseException, delay: float, seconds: float) -> None:
        self.calls.append(("retry", entry.id, type(error), delay))

    def on_dead(self, entry: Entry, error: str, seconds: float) -> None:
        self.calls.append(("dead", entry.id, error.splitlines()[0]))

    def on_lost(self, entry: Entry) -> None:
        self.calls.append(("lost", entry.id))

    def on_stats(self, stats: Mapping[str, Any]) -> None:
        self.calls.append(("stats",))
        raise RuntimeError("an error of a hook changes nothing")


def test_the_hooks_of_an_observer(inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    observer = Recorder()
    for event_type, error in (("retry", ValueError()), ("dead", Poison()), ("lost", LeaseLost())):
        inbox.handler(event_type)(failing(error))
    inbox.handler("done")(lambda delivery: None)
    inbox.handler("retry", retry=Backoff(first=7, jitter=0))
    for event_type in ("done", "retry", "dead", "lost"):
        inbox.put(event_type)
    drained(inbox, options=WorkerOptions(observer=observer))
    calls = [call for call in observer.calls if call != ("stats",)]
    assert [call for call in calls if call[0] == "claimed"] == [
        ("claimed", number, 1) for number in (1, 2, 3, 4)
    ]
    others = [call for call in calls if call[0] != "claimed"]
    assert others[0] == ("done", 1)
    assert others[1][:3] == ("retry", 2, ValueError)
    assert others[2:] == [("dead", 3, "Poison"), ("lost", 4)]
    assert ("stats",) in observer.calls


def test_the_log_has_neither_the_body_nor_a_message(inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    inbox.handler("retry")(failing(ValueError("secret-text")))
    inbox.handler("dead")(failing(Poison("secret-text")))
    inbox.put("retry", data="secret-text")
    inbox.put("dead", data="secret-text")
    with caplog.at_level(logging.DEBUG, logger="webhook_verify"):
        drained(inbox)
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [
        "inbox entry failed and will be retried: entry=1 type=retry attempt=1 error=ValueError",
        "inbox entry is a dead letter: entry=2 type=dead attempt=1 error=Poison",
    ]
    assert "secret-text" not in caplog.text
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]


class FailingStore:
    """A store of which the next calls of a name fail."""

    def __init__(self, store: Any, **failures: int) -> None:
        self._store = store
        self._failures = failures
        self.calls: list[str] = []
        self.may_block = False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def call(*args: Any, **options: Any) -> Any:
            self.calls.append(name)
            if self._failures.get(name, 0) > 0:
                self._failures[name] -= 1
                raise ConnectionError("secret-text")
            return method(*args, **options)

        return call


@rows("call, error", [("finish", None), ("retry", ValueError()), ("bury", Poison())])
def test_a_result_that_cannot_be_written_is_tried_again(call: str, error: Exception | None) -> None:
    inbox = MemoryInbox()
    inbox.store = FailingStore(inbox.store, **{call: 2})
    inbox.handler("*")(failing(error) if error else lambda delivery: None)
    inbox.put()
    inbox.drain()
    assert inbox.store.calls.count(call) == 3
    assert inbox.state(1) == {"finish": "done", "retry": "ready", "bury": "dead"}[call]


def test_it_is_tried_for_the_time_of_the_lease(caplog: pytest.LogCaptureFixture) -> None:
    inbox = MemoryInbox()
    inbox.store = FailingStore(inbox.store, finish=10**6, renew=10**6)
    inbox.handler("*")(lambda delivery: None)
    inbox.put()
    inbox.drain(limit=1, options=WorkerOptions(lease=0.3))
    assert inbox.state(1) == "running"
    assert "could not record the result of an inbox entry" in caplog.text
    assert "secret-text" not in caplog.text


def test_drain_raises_the_exception_of_a_claim(inbox: Inbox) -> None:
    store = inbox.store if isinstance(inbox, MemoryInbox) else inbox.store.entries
    inbox.store = FailingStore(store, claim=1)
    with pytest.raises(ConnectionError):
        drained(inbox)


@rows(
    "options, error",
    [
        ({"lease": 0}, ValueError),
        ({"lease": "60"}, TypeError),
        ({"grace": -1}, ValueError),
        ({"poll": float("inf")}, ValueError),
        ({"on_block": "jump"}, ValueError),
    ],
)
def test_invalid_options_are_refused(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(options))):
        WorkerOptions(**options)


@rows("workers, error", [(0, ValueError), (-1, ValueError), ("4", TypeError), (True, TypeError)])
def test_an_invalid_number_of_workers_is_refused(workers: Any, error: type[Exception]) -> None:
    inbox = MemoryInbox()
    with pytest.raises(error, match="workers"):
        inbox.run(workers)
    with pytest.raises(error, match="workers"):
        asyncio.run(inbox.run_async(workers))
    with pytest.raises(error, match="workers"):
        asyncio.run(AsyncMemoryInbox().run(workers))
