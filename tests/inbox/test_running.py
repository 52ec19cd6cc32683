"""Running workers: several at once, their leases, a stop, and transactions, in threads and as tasks."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests import processes
from tests.inbox.inboxes import FAST, AsyncMemoryInbox, MemoryInbox
from tests.inbox.running import Inbox, running
from tests.waiting import patience, wait_until
from webhook_verify import Delivery
from webhook_verify.inbox import Backoff, InboxObserver, MemoryInboxStore
from webhook_verify.inbox.entries import Entry

WAYS: list[Any] = [
    pytest.param(MemoryInbox, "run", id="threads"),
    pytest.param(MemoryInbox, "run_async", id="tasks on a blocking store", marks=pytest.mark.slow),
    pytest.param(AsyncMemoryInbox, "run", id="tasks"),
]
ways = pytest.mark.parametrize(("kind", "way"), WAYS)


@ways
def test_workers_process_entries_at_the_same_time(kind: Callable[..., Inbox], way: str) -> None:
    inbox = kind()
    barrier = threading.Barrier(4)

    @inbox.handler("sync")
    def together(delivery: Delivery) -> None:
        barrier.wait(patience(10))

    arrived: list[int] = []

    @inbox.handler("async")
    async def together_async(delivery: Delivery) -> None:
        arrived.append(1)
        while len(arrived) < 4:
            await asyncio.sleep(0.005)

    ids = [inbox.put(event_type) for event_type in ("sync", "async") for _ in range(4)]
    with running(inbox, 4, way):
        wait_until(lambda: [inbox.state(number) for number in ids] == ["done"] * 8)


@ways
def test_later_entries_and_retries_are_processed(kind: Callable[..., Inbox], way: str) -> None:
    inbox = kind()

    @inbox.handler("*", retry=Backoff(first=0.02, factor=1))
    def handle(delivery: Delivery, entry: Entry) -> None:
        if entry.attempts < 3:
            raise ValueError

    with running(inbox, 3, way):
        for _ in range(20):
            inbox.put(lane="a")
            inbox.put()
        wait_until(lambda: all(inbox.state(number) == "done" for number in range(1, 41)))
    assert {inbox.entry(number).attempts for number in range(1, 41)} == {3}


@ways
def test_a_lease_is_renewed_while_the_handler_runs(kind: Callable[..., Inbox], way: str) -> None:
    inbox = kind()
    calls: list[int] = []

    @inbox.handler("sync")
    def slow(delivery: Delivery) -> None:
        calls.append(1)
        time.sleep(1.2)

    @inbox.handler("async")
    async def slow_async(delivery: Delivery) -> None:
        calls.append(1)
        await asyncio.sleep(1.2)

    for event_type in ("sync", "async"):
        inbox.put(event_type)
    with running(inbox, 3, way, lease=0.5):
        wait_until(lambda: [inbox.state(number) for number in (1, 2)] == ["done", "done"])
    assert len(calls) == 2


class Lost(InboxObserver):
    def __init__(self) -> None:
        self.lost: list[int] = []
        self.stopped: list[int] = []

    def on_lost(self, entry: Entry) -> None:
        self.lost.append(entry.id)

    def on_stopped(self, given_back: int) -> None:
        self.stopped.append(given_back)


@ways
def test_the_result_of_a_lost_lease_is_not_written(kind: Callable[..., Inbox], way: str) -> None:
    inbox = kind()
    observer = Lost()
    store: MemoryInboxStore = inbox.store if isinstance(inbox, MemoryInbox) else inbox.store.entries

    @inbox.handler("*")
    def lose(delivery: Delivery, entry: Entry) -> None:
        store.give_back(entry.id, entry.token)
        store.claim("other", lease=60)

    inbox.put()
    with running(inbox, 1, way, observer=observer):
        wait_until(lambda: observer.lost)
    entry = inbox.entry(1)
    assert (entry.state, entry.token) == ("running", "other")


@ways
def test_a_stop_waits_for_running_handlers(kind: Callable[..., Inbox], way: str) -> None:
    inbox = kind()
    observer = Lost()
    started = threading.Event()
    release = threading.Event()

    @inbox.handler("*")
    def slow(delivery: Delivery) -> None:
        started.set()
        release.wait(patience(10))

    inbox.put()
    with running(inbox, 1, way, observer=observer) as stop:
        started.wait(patience(10))
        inbox.put()
        stop()
        time.sleep(0.1)
        assert inbox.state(1) == "running"
        release.set()
    assert (inbox.state(1), inbox.state(2)) == ("done", "ready")
    assert observer.stopped == [0]


@ways
def test_a_stop_does_not_wait_for_the_poll(kind: Callable[..., Inbox], way: str) -> None:
    """A wait in a thread cannot be cancelled. The end of `running` fails if it lasts for 20 seconds."""
    with running(kind(), 2, way, poll=600, grace=600):
        time.sleep(0.2)


@ways
def test_a_stop_gives_back_after_the_grace(kind: Callable[..., Inbox], way: str) -> None:
    inbox = kind()
    observer = Lost()
    started = threading.Barrier(3)
    release = threading.Event()
    cancelled: list[int] = []

    @inbox.handler("sync")
    def stuck(delivery: Delivery) -> None:
        started.wait(patience(10))
        release.wait(patience(10))

    @inbox.handler("async")
    async def stuck_async(delivery: Delivery) -> None:
        started.wait(patience(10))
        try:
            while not release.is_set():
                await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            cancelled.append(1)
            raise

    for event_type in ("sync", "async"):
        inbox.put(event_type)
    with running(inbox, 2, way, grace=0.1, observer=observer):
        started.wait(patience(10))
    for number in (1, 2):
        entry = inbox.entry(number)
        assert (entry.state, entry.attempts, entry.token) == ("ready", 0, "")
    assert observer.stopped == [2]
    assert len(cancelled) == (way != "run" or kind is AsyncMemoryInbox)
    release.set()
    time.sleep(0.05)
    assert inbox.state(1) == "ready", "the late result is not written"


def test_a_second_stop_ends_the_grace() -> None:
    inbox = MemoryInbox()
    started = threading.Event()
    release = threading.Event()

    @inbox.handler("*")
    def stuck(delivery: Delivery) -> None:
        started.set()
        release.wait(patience(20))

    inbox.put()
    before = time.monotonic()
    with running(inbox, 1, grace=1000) as stop:
        started.wait(patience(10))
        stop()
        inbox.stop()
    assert time.monotonic() - before < patience(20)
    assert inbox.state(1) == "ready"
    release.set()


@ways
def test_the_store_may_fail(
    kind: Callable[..., Inbox], way: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = kind()
    failures = iter(range(3))
    claim = MemoryInboxStore.claim

    def failing(store: MemoryInboxStore, *arguments: Any, **options: Any) -> Any:
        if next(failures, None) is not None:
            raise ConnectionError("secret-text")
        return claim(store, *arguments, **options)

    if isinstance(inbox, MemoryInbox):
        monkeypatch.setattr(MemoryInboxStore, "claim", failing)
    else:

        async def failing_async(*arguments: Any, **options: Any) -> Any:
            return failing(inbox.store.entries, *arguments, **options)

        inbox.store.claim = failing_async
    inbox.handler("*")(lambda delivery: None)
    inbox.put()
    with running(inbox, 1, way):
        wait_until(lambda: inbox.state(1) == "done")
    assert caplog.text.count("the inbox store failed; next try in") == 3
    assert "secret-text" not in caplog.text


def test_a_lifespan_runs_workers() -> None:
    async def serve(inbox: Inbox) -> None:
        async with inbox.running(workers=2, options=FAST):
            inbox.put()
            while inbox.state(1) != "done":
                await asyncio.sleep(0.01)

    for inbox in (MemoryInbox(), AsyncMemoryInbox()):
        inbox.handler("*")(lambda delivery: None)
        asyncio.run(asyncio.wait_for(serve(inbox), patience(10)))


def test_a_cancellation_gives_back_at_once() -> None:
    inbox = AsyncMemoryInbox()
    started = asyncio.Event()

    @inbox.handler("*")
    async def stuck(delivery: Delivery) -> None:
        started.set()
        await asyncio.Event().wait()

    async def main() -> None:
        inbox.put()
        task = asyncio.create_task(inbox.run(2, options=replace(FAST, grace=1000)))
        await started.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(asyncio.wait_for(main(), patience(10)))
    assert (inbox.state(1), inbox.entry(1).attempts) == ("ready", 0)


def test_an_interrupt_of_drain_gives_back() -> None:
    inbox = MemoryInbox()

    @inbox.handler("*")
    def interrupted(delivery: Delivery) -> None:
        raise KeyboardInterrupt

    inbox.put()
    with pytest.raises(KeyboardInterrupt):
        inbox.drain()
    assert (inbox.state(1), inbox.entry(1).attempts) == ("ready", 0)


def test_drain_runs_async_handlers_although_a_loop_runs() -> None:
    inbox = MemoryInbox()

    @inbox.handler("*")
    async def handle(delivery: Delivery) -> None:
        await asyncio.sleep(0)

    inbox.put()

    async def main() -> int:
        return inbox.drain()

    assert asyncio.run(main()) == 1
    assert inbox.state(1) == "done"


def test_threads_reuse_their_event_loops() -> None:
    inbox = MemoryInbox()
    loops: list[tuple[int, asyncio.AbstractEventLoop]] = []

    @inbox.handler("*")
    async def handle(delivery: Delivery) -> None:
        loops.append((threading.get_ident(), asyncio.get_running_loop()))

    for _ in range(10):
        inbox.put()
    with running(inbox, 2):
        wait_until(lambda: len(loops) == 10)
    assert len({loop for _, loop in loops}) == len({thread for thread, _ in loops}) <= 2
    wait_until(lambda: all(loop.is_closed() for _, loop in loops))


PROGRAM = """
import signal, sys, time
from tests.inbox.inboxes import FAST, AsyncMemoryInbox, MemoryInbox
from tests.inbox.running import Inbox, running

inbox = {kind}()

@inbox.handler("*")
def handle(delivery):
    print("started", flush=True)
    time.sleep(0.3)
    print("ended", flush=True)

inbox.put()
{call}
print(inbox.state(1), signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, flush=True)
"""
CALLS = {
    "threads": ("MemoryInbox", "inbox.run(2, options=FAST)"),
    "tasks": (
        "AsyncMemoryInbox",
        "import asyncio; asyncio.run(inbox.run(2, options=FAST, handles_signals=True))",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("name", CALLS)
def test_a_signal_stops_gracefully(name: str, number: signal.Signals) -> None:
    kind, call = CALLS[name]
    command = [sys.executable, "-c", PROGRAM.format(kind=kind, call=call)]
    folder = Path(__file__).parents[2]
    with processes.started(command, stdout=subprocess.PIPE, cwd=folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        process.send_signal(number)
        printed, _ = process.communicate(timeout=patience(30))
    assert (process.returncode, printed.decode().split("\n")[:2]) == (0, ["ended", "done True"])
