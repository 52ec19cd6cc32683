"""The contract of an inbox store beyond claims: lists, decisions, pruning, transactions, waiting."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.inbox.helpers import Subject, claimed, ids, new, token
from webhook_verify.inbox import EntryState, LeaseLost

pytestmark = pytest.mark.server

DEAD, DISCARDED, DONE, READY, RUNNING = (
    EntryState.DEAD,
    EntryState.DISCARDED,
    EntryState.DONE,
    EntryState.READY,
    EntryState.RUNNING,
)


def put(subject: Subject, *lanes: str) -> list[int]:
    return [subject.store.put(new(lane)).id for lane in lanes]


def state(subject: Subject, number: int) -> EntryState:
    entry = subject.store.get(number)
    assert entry is not None
    return entry.state


# Reading


def test_a_list_is_filtered_and_paged(subject: Subject) -> None:
    first = subject.store.put(new(event_type="a", received_at=100.0)).id
    second = subject.store.put(new(event_type="b", received_at=200.0)).id
    third = subject.store.put(new(event_type="a", received_at=300.0)).id
    tag = token()
    claimed(subject.store, tag)
    subject.store.finish(first, tag)
    listed = subject.store.list
    assert ids(listed()) == [first, second, third]
    assert ids(listed(limit=2)) == [first, second]
    assert ids(listed(after=first)) == [second, third]
    assert ids(listed(event_type="a")) == [first, third]
    assert ids(listed(event_type="a", state=READY)) == [third]
    assert ids(listed(state=DONE)) == [first]
    assert ids(listed(since=200.0)) == [second, third]
    assert ids(listed(since=200.0, state=READY, event_type="a", after=second, limit=1)) == [third]


def test_the_stats_count_the_states(subject: Subject) -> None:
    assert subject.store.stats() == {**dict.fromkeys(map(str, EntryState), 0), "oldest_ready": 0.0}
    first, second, *_ = put(subject, "", "", "", "")
    tag = token()
    claimed(subject.store, tag, 2)
    subject.store.finish(first, tag)
    subject.store.bury(second, tag, error="")
    subject.age(100)
    stats = subject.store.stats()
    assert 95 < stats.pop("oldest_ready") < 160
    assert stats == {"ready": 2, "running": 0, "done": 1, "dead": 1, "discarded": 0}


# Decisions of people


def test_a_redrive_starts_again_and_is_noted(subject: Subject) -> None:
    (number,) = put(subject, "")
    tag = token()
    claimed(subject.store, tag)
    subject.store.bury(number, tag, error="ValueError: no")
    assert subject.store.redrive([number, 10**9], by="ann") == 1
    entry = subject.store.get(number)
    assert entry is not None
    assert (entry.state, entry.attempts) == (READY, 0)
    (line,) = entry.audit
    assert abs(line.pop("at") - time.time()) < 60
    assert line == {"action": "redrive", "by": "ann", "attempts": 1}
    claimed(subject.store, tag)
    subject.store.bury(number, tag, error="")
    assert subject.store.discard([number], by="bob") == 1
    assert state(subject, number) is DISCARDED
    assert subject.store.redrive([number]) == 1
    entry = subject.store.get(number)
    assert entry is not None
    assert [(line["action"], line["by"]) for line in entry.audit] == [
        ("redrive", "ann"),
        ("discard", "bob"),
        ("redrive", ""),
    ]


def test_only_ended_entries_are_redriven_and_only_waiting_ones_discarded(subject: Subject) -> None:
    done, running, ready = put(subject, "", "", "")
    tag = token()
    claimed(subject.store, tag, 2)
    subject.store.finish(done, tag)
    assert subject.store.redrive([done, running, ready]) == 0
    assert subject.store.discard([done, running]) == 0
    assert subject.store.discard([ready, ready]) == 1
    assert subject.store.discard([ready]) == 0
    assert subject.store.redrive([]) == subject.store.discard([]) == 0
    assert subject.store.finish(running, tag)


# Pruning


def test_pruning_deletes_what_is_done_and_never_a_dead_letter(subject: Subject) -> None:
    done, discarded, dead, running, ready = put(subject, "", "", "", "", "")
    tag = token()
    claimed(subject.store, tag, 4)
    subject.store.finish(done, tag)
    subject.store.bury(discarded, tag, error="")
    subject.store.discard([discarded])
    subject.store.bury(dead, tag, error="")
    assert subject.store.prune(ended_before=time.time() - 50) == 0
    subject.age(100)
    assert subject.store.prune(ended_before=time.time() - 50, limit=1) == 1
    assert subject.store.prune(ended_before=time.time() - 50) == 1
    assert ids(subject.store.list()) == [dead, running, ready]


def test_bodies_may_be_deleted_earlier_than_rows(subject: Subject) -> None:
    entry = new(body=b"{}" * 2_000)
    number = subject.store.put(entry).id
    dead = put(subject, "")[0]
    tag = token()
    claimed(subject.store, tag, 2)
    subject.store.finish(number, tag)
    subject.store.bury(dead, tag, error="")
    subject.age(100)
    assert subject.store.prune(ended_before=time.time() - 50, bodies_only=True) == 1
    assert subject.store.prune(ended_before=time.time() - 50, bodies_only=True) == 0
    found = subject.store.get(number)
    assert found is not None
    assert (found.state, found.stored.body) == (DONE, b"")
    assert subject.store.put(entry).is_new is False
    kept = subject.store.get(dead)
    assert kept is not None
    assert kept.stored.body == b"{}"


# Transactions


def test_a_transaction_commits_the_work_with_the_entry(subject: Subject) -> None:
    (number,) = put(subject, "")
    tag = token()
    claimed(subject.store, tag)
    with subject.store.transaction(number, tag):
        pass
    assert state(subject, number) is DONE
    assert subject.store.finish(number, tag) is False


@pytest.mark.parametrize("lane", ["", "lane"])
def test_a_transaction_that_fails_leaves_the_entry_claimed(subject: Subject, lane: str) -> None:
    number, following = put(subject, lane, lane)
    tag = token()
    claimed(subject.store, tag)
    with pytest.raises(KeyError), subject.store.transaction(number, tag):
        raise KeyError
    assert state(subject, number) is RUNNING
    with subject.store.transaction(number, tag):
        pass
    assert claimed(subject.store, token(), 10) == [following]


@pytest.mark.parametrize("lane", ["", "lane"])
def test_a_transaction_without_the_lease_is_rolled_back(subject: Subject, lane: str) -> None:
    (number,) = put(subject, lane)
    tag, other = token(), token()
    claimed(subject.store, tag)
    subject.age(100)
    claimed(subject.store, other)
    with pytest.raises(LeaseLost, match=str(number)), subject.store.transaction(number, tag):
        pass
    assert state(subject, number) is RUNNING
    assert subject.store.finish(number, other)
    with pytest.raises(LeaseLost), subject.store.transaction(10**9, tag):
        pass


def test_the_work_of_a_transaction_is_rolled_back_with_the_entry(subject: Subject) -> None:
    """The work here is another row of the same table, which every store has."""
    first, second = put(subject, "", "")
    tag, other = token(), token()
    claimed(subject.store, tag)
    claimed(subject.store, other)

    def handle(held: str) -> None:
        with subject.store.transaction(first, held) as connection:
            connection.execute(text(f"UPDATE {subject.table} SET error = 'work' WHERE id = {second}"))

    if not subject.table:
        pytest.skip("a store without a table has no transactions")
    with pytest.raises(LeaseLost):
        handle(other)
    assert error_of(subject, second) == ""
    handle(tag)
    assert error_of(subject, second) == "work"


def error_of(subject: Subject, number: int) -> str:
    entry = subject.store.get(number)
    assert entry is not None
    return entry.error


# Waiting


def test_waiting_ends_when_an_entry_is_ready(subject: Subject) -> None:
    start = time.monotonic()
    subject.store.wait(0.2)
    assert time.monotonic() - start > 0.15
    put(subject, "")
    start = time.monotonic()
    subject.store.wait(30)
    assert time.monotonic() - start < 10


def test_waiting_ends_when_an_entry_is_put(subject: Subject) -> None:
    with ThreadPoolExecutor(2) as pool:
        start = time.monotonic()
        waits = [pool.submit(subject.store.wait, 30) for _ in range(2)]
        time.sleep(0.3)
        put(subject, "")
        for each in waits:
            each.result()
        assert time.monotonic() - start < 15


def test_waiting_ends_when_a_retry_is_due(subject: Subject) -> None:
    (number,) = put(subject, "")
    tag = token()
    claimed(subject.store, tag)
    subject.store.retry(number, tag, delay=0.4, error="")
    start = time.monotonic()
    subject.store.wait(30)
    assert time.monotonic() - start < 15
    assert claimed(subject.store, tag) == [number]


# Many workers


def test_an_entry_is_claimed_by_one_worker(subject: Subject) -> None:
    stored = put(subject, *["", "a", "b"] * 10)
    assert len(stored) == 30

    def work(_: int) -> list[int]:
        tag, done = token(), []
        while True:
            entries = claimed(subject.store, tag, 2)
            for each in entries:
                assert subject.store.finish(each, tag)
            done += entries
            if not entries and subject.store.stats()["done"] == 30:
                return done

    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(work, range(4)))
    assert sorted(each for part in parts for each in part) == sorted(stored)


def test_concurrent_puts_of_a_lane_have_one_holder(subject: Subject) -> None:
    entries = [new("busy") for _ in range(24)]

    def deliver(number: int) -> int:
        return subject.store.put(entries[number]).id

    with ThreadPoolExecutor(6) as pool:
        stored = list(pool.map(deliver, range(24)))
    order = []
    tag = token()
    while found := claimed(subject.store, tag, 10):
        assert len(found) == 1
        order += found
        assert subject.store.finish(found[0], tag)
    assert order == sorted(stored)
