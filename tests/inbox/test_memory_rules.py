"""The rules of an inbox store, as tables of calls, on the store in memory."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import pytest

from tests.inbox.inboxes import SettableClock, new_entry
from tests.rows import rows
from webhook_verify.inbox import EntryState, LeaseLost, MemoryInboxStore

READY, RUNNING, DONE = EntryState.READY, EntryState.RUNNING, EntryState.DONE
DEAD, DISCARDED = EntryState.DEAD, EntryState.DISCARDED


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def store(clock: SettableClock) -> MemoryInboxStore:
    return MemoryInboxStore(clock=clock)


def claimed(store: MemoryInboxStore, token: str = "t", **options: Any) -> list[int]:
    return [entry.id for entry in store.claim(token, **({"lease": 60, "limit": 10} | options))]


def test_a_key_is_stored_once_in_whatever_state(store: MemoryInboxStore) -> None:
    first = store.put(new_entry(key="a"))
    assert first.is_new
    for change in (lambda: None, lambda: claimed(store), lambda: store.finish(first.id, "t")):
        change()
        assert asdict(store.put(new_entry(key="a"))) == {"id": first.id, "is_new": False}
    assert store.put(new_entry(key="b")).is_new


def test_the_oldest_is_claimed_first_and_its_attempt_counted(
    store: MemoryInboxStore, clock: SettableClock
) -> None:
    ids = [store.put(new_entry()).id for _ in range(3)]
    entry = store.claim("t", lease=60)[0]
    assert (entry.id, entry.state, entry.attempts, entry.token) == (ids[0], RUNNING, 1, "t")
    assert entry.leased_until == clock.now + 60
    assert claimed(store) == ids[1:]
    assert claimed(store) == []


@rows(
    "seconds, expected",
    [(0, []), (59.9, []), (60, [1]), (3600, [1])],
)
def test_an_entry_is_claimed_again_after_its_lease(seconds: float, expected: list[int]) -> None:
    clock = SettableClock()
    store = MemoryInboxStore(clock=clock)
    store.put(new_entry())
    claimed(store, "first")
    clock.now += seconds
    assert claimed(store, "second") == expected
    assert [entry.attempts for entry in store.list()] == [1 + len(expected)]


SETTLE: dict[str, Any] = {
    "renew": lambda store, token: store.renew(1, token, lease=60),
    "finish": lambda store, token: store.finish(1, token),
    "retry": lambda store, token: store.retry(1, token, delay=10, error="e"),
    "give_back": lambda store, token: store.give_back(1, token),
    "bury": lambda store, token: store.bury(1, token, error="e"),
}


@rows("call", SETTLE)
@rows("holder", ["never claimed", "another token", "settled", "deleted"])
def test_a_token_that_does_not_hold_the_entry_changes_nothing(call: str, holder: str) -> None:
    clock = SettableClock()
    store = MemoryInboxStore(clock=clock)
    store.put(new_entry())
    if holder != "never claimed":
        claimed(store)
        clock.now += 60
    if holder == "another token":
        claimed(store, "other")
    if holder in ("settled", "deleted"):
        store.finish(1, "t")
    if holder == "deleted":
        store.prune(ended_before=clock.now + 1)
    before = store.get(1)
    assert SETTLE[call](store, "t") is False
    assert store.get(1) == before


@rows(
    "call, state, due_in, attempts, error",
    [
        ("renew", RUNNING, 0, 1, ""),
        ("finish", DONE, 0, 1, ""),
        ("retry", READY, 10, 1, "e"),
        ("give_back", READY, 0, 0, ""),
        ("bury", DEAD, 0, 1, "e"),
    ],
)
@rows("seconds", [0, 90])
def test_the_holder_settles_even_after_its_lease(
    call: str, state: EntryState, due_in: float, attempts: int, error: str, seconds: float
) -> None:
    clock = SettableClock()
    store = MemoryInboxStore(clock=clock)
    store.put(new_entry())
    claimed(store)
    clock.now += seconds
    assert SETTLE[call](store, "t") is True
    entry = store.get(1)
    assert entry is not None
    assert (entry.state, entry.attempts, entry.error) == (state, attempts, error)
    assert entry.token == ("t" if state is RUNNING else "")
    assert entry.leased_until == (clock.now + 60 if state is RUNNING else None)
    if due_in:
        assert entry.due_at == clock.now + due_in


def test_a_retry_is_due_after_its_delay(store: MemoryInboxStore, clock: SettableClock) -> None:
    store.put(new_entry())
    claimed(store)
    store.retry(1, "t", delay=10, error="e")
    clock.now += 9.9
    assert claimed(store) == []
    clock.now += 0.1
    assert claimed(store) == [1]


# Entries 1 (lane a), 2 (lane a), 3 (lane b), 4 (without a lane), 5 (without a lane).
LANES: list[tuple[str, list[str], bool, list[int]]] = [
    ("one of each lane", [], False, [1, 3, 4, 5]),
    ("the next after the first is done", ["claim", "finish 1"], False, [2]),
    ("blocked while the first runs", ["claim"], False, []),
    ("blocked while the first waits for its retry", ["claim", "retry 1"], False, []),
    ("or not, with skip_blocked", ["claim", "retry 1"], True, [2]),
    ("not blocked by a dead letter", ["claim", "bury 1"], False, [2]),
    ("not blocked by a discarded one", ["claim", "bury 1", "discard 1"], False, [2]),
    ("a lapsed lease keeps its place", ["claim", "later"], False, [1, 3, 4, 5]),
    ("a due retry runs before the next", ["claim", "retry 1", "later"], False, [1, 3, 4, 5]),
    ("a redriven one runs before the next", ["claim", "bury 1", "redrive 1"], False, [1]),
    ("but not while the next runs", ["claim", "bury 1", "claim", "redrive 1"], False, []),
    ("nor with skip_blocked", ["claim", "bury 1", "claim", "redrive 1"], True, []),
]


@rows("name, steps, skip_blocked, expected", LANES)
def test_a_lane_is_processed_in_order(
    name: str, steps: list[str], skip_blocked: bool, expected: list[int]
) -> None:
    clock = SettableClock()
    store = MemoryInboxStore(clock=clock)
    for lane in ("a", "a", "b", "", ""):
        store.put(new_entry(lane=lane))
    for step in steps:
        call, _, number = step.partition(" ")
        match call:
            case "claim":
                claimed(store, "first")
            case "later":
                clock.now += 60
            case "finish":
                assert store.finish(int(number), "first")
            case "retry":
                assert store.retry(int(number), "first", delay=30, error="")
            case "bury":
                assert store.bury(int(number), "first", error="")
            case "discard":
                assert store.discard([int(number)]) == 1
            case "redrive":
                assert store.redrive([int(number)]) == 1
    assert claimed(store, "second", skip_blocked=skip_blocked) == expected


@rows(
    "state, redriven, discarded",
    [("ready", 0, 1), ("running", 0, 0), ("done", 0, 0), ("dead", 1, 1), ("discarded", 1, 0)],
)
def test_the_decisions_of_people(state: str, redriven: int, discarded: int) -> None:
    for action, expected in (("redrive", redriven), ("discard", discarded)):
        clock = SettableClock()
        store = MemoryInboxStore(clock=clock)
        store.put(new_entry())
        if state != "ready":
            claimed(store)
        if state == "done":
            store.finish(1, "t")
        if state in ("dead", "discarded"):
            store.bury(1, "t", error="e")
        if state == "discarded":
            store.discard([1])
        notes = len(store.list()[0].audit)
        clock.now += 5
        assert getattr(store, action)([1, 1, 99], by="ann") == expected
        entry = store.list()[0]
        assert len(entry.audit) == notes + expected
        if expected:
            attempts = 0 if state == "ready" else 1
            assert entry.audit[-1] == {"at": clock.now, "action": action, "by": "ann", "attempts": attempts}
            assert entry.state is (READY if action == "redrive" else DISCARDED)
        if action == "redrive" and expected:
            assert (entry.attempts, entry.due_at) == (0, clock.now)


def test_prune_deletes_done_and_discarded_entries_only(store: MemoryInboxStore, clock: SettableClock) -> None:
    for _ in range(5):
        store.put(new_entry())
    claimed(store)
    for number in (1, 2):
        store.finish(number, "t")
    for number in (3, 4):
        store.bury(number, "t", error="e")
    store.discard([4])
    clock.now += 10
    assert store.prune(ended_before=clock.now - 10) == 0
    assert store.prune(ended_before=clock.now, bodies_only=True, limit=1) == 1
    assert [entry.stored.body == b"" for entry in store.list()] == [True, False, False, False, False]
    assert store.prune(ended_before=clock.now, bodies_only=True) == 2
    assert store.prune(ended_before=clock.now, bodies_only=True) == 0
    assert store.prune(ended_before=clock.now, limit=2) == 2
    assert store.prune(ended_before=clock.now) == 1
    assert [(entry.id, entry.state) for entry in store.list()] == [(3, DEAD), (5, RUNNING)]


@rows(
    "filters, expected",
    [
        ({}, [1, 2, 3]),
        ({"state": READY}, [2, 3]),
        ({"state": DONE}, [1]),
        ({"event_type": "a"}, [1, 3]),
        ({"since": 20}, [2, 3]),
        ({"after": 1}, [2, 3]),
        ({"limit": 2}, [1, 2]),
        ({"after": 1, "event_type": "a", "limit": 1}, [3]),
    ],
)
def test_entries_are_listed_by(filters: dict[str, Any], expected: list[int]) -> None:
    store = MemoryInboxStore(clock=SettableClock())
    for event_type, received_at in (("a", 10), ("b", 20), ("a", 30)):
        store.put(new_entry(event_type, received_at=received_at))
    store.claim("t", lease=60)
    store.finish(1, "t")
    assert [entry.id for entry in store.list(**filters)] == expected


def test_the_numbers_of_the_store(store: MemoryInboxStore, clock: SettableClock) -> None:
    states = {"ready": 0, "running": 0, "done": 0, "dead": 0, "discarded": 0}
    assert store.stats() == {**states, "oldest_ready": 0}
    for _ in range(2):
        store.put(new_entry())
    clock.now += 7
    store.put(new_entry())
    assert store.stats() == {**states, "ready": 3, "oldest_ready": 7}
    claimed(store, limit=2)
    store.retry(1, "t", delay=100, error="")
    assert store.stats() == {**states, "ready": 2, "running": 1, "oldest_ready": 0}


class Database:
    """A database of the application, with transactions."""

    def __init__(self) -> None:
        self.committed: list[str] = []

    @contextmanager
    def begin(self) -> Any:
        written: list[str] = []
        yield written
        self.committed += written


def test_a_transaction_commits_with_the_entry_as_done() -> None:
    database = Database()
    store = MemoryInboxStore(connect=database.begin)
    store.put(new_entry())
    claimed(store)
    with store.transaction(1, "t") as connection:
        connection.append("row")
        assert (database.committed, store.list()[0].state) == ([], RUNNING)
    assert (database.committed, store.list()[0].state) == (["row"], DONE)


@rows("error", [LeaseLost, ZeroDivisionError])
def test_a_transaction_is_rolled_back(error: type[Exception]) -> None:
    clock = SettableClock()
    database = Database()
    store = MemoryInboxStore(connect=database.begin, clock=clock)
    store.put(new_entry())
    claimed(store)

    def write() -> None:
        with store.transaction(1, "t") as connection:
            connection.append("row")
            if error is ZeroDivisionError:
                raise error
            clock.now += 60
            claimed(store, "other")

    with pytest.raises(error):
        write()
    assert (database.committed, store.list()[0].state) == ([], RUNNING)


@rows("case", ["an entry is there", "an entry arrives", "a retry is due", "nothing"])
def test_wait_ends_when_an_entry_may_be_ready(case: str) -> None:
    store = MemoryInboxStore()
    if case == "an entry is there":
        store.put(new_entry())
    elif case == "an entry arrives":
        threading.Timer(0.02, lambda: store.put(new_entry())).start()
    elif case == "a retry is due":
        store.put(new_entry())
        claimed(store)
        store.retry(1, "t", delay=0.02, error="")
    store.wait(0.03 if case == "nothing" else 30)
    assert bool(claimed(store)) is (case != "nothing")
