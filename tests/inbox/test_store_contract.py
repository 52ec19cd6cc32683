"""The contract of an inbox store: every store of the table passes these tests."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.inbox.helpers import Subject, claimed, new, token
from webhook_verify.inbox import EntryState
from webhook_verify.inbox.store import InboxStore

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


# Storing


def test_an_entry_is_stored_once(subject: Subject) -> None:
    entry = new("lane")
    first, second = subject.store.put(entry), subject.store.put(entry)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.id == second.id
    tag = token()
    assert claimed(subject.store, tag, 2) == [first.id]
    assert subject.store.finish(first.id, tag)
    assert subject.store.put(entry) == second
    assert claimed(subject.store, token()) == []


def test_an_entry_is_read_as_it_was_stored(subject: Subject) -> None:
    text = "\0 \\ \ud800 é \U0001f600 \u2028 ' \" % :id"
    entry = new(
        namespace=text,
        message_id=text * 50,
        event_type=text,
        secret_label="",
        headers=(("a", "\x00\xff"), ("a", "2")),
        parts={"text": text, "list": [1, None, True, {"a": "b"}]},
        body=bytes(range(256)),
    )
    found = subject.store.get(subject.store.put(entry).id)
    assert found is not None
    assert found.stored == entry
    assert (found.state, found.attempts, found.token, found.error, found.audit) == (READY, 0, "", "", ())
    assert found.leased_until is None
    assert abs(found.due_at - time.time()) < 60


@pytest.mark.parametrize("body", [b"", b"a" * 999, b"a" * 5_000, b"{}" * 40_000], ids=len)
def test_a_body_is_returned_unchanged(subject: Subject, body: bytes) -> None:
    found = subject.store.get(subject.store.put(new(body=body)).id)
    assert found is not None
    assert found.stored.body == body


def test_an_absent_entry_is_none(subject: Subject) -> None:
    assert subject.store.get(10**9) is None
    assert subject.store.get(-1) is None


def test_an_event_type_may_be_absent(subject: Subject) -> None:
    subject.store.put(new(event_type=None))
    assert [entry.stored.event_type for entry in subject.store.list()] == [None]
    assert subject.store.list(event_type="") == []


# Claiming


def test_a_claim_counts_the_attempt(subject: Subject) -> None:
    put(subject, "")
    tag = token()
    (entry,) = subject.store.claim(tag, lease=30)
    assert (entry.state, entry.attempts, entry.token) == (RUNNING, 1, tag)
    assert entry.leased_until is not None
    assert 20 < entry.leased_until - time.time() < 40
    assert subject.store.get(entry.id) == entry
    assert claimed(subject.store, token()) == []


def test_the_oldest_entries_are_claimed_first(subject: Subject) -> None:
    stored = put(subject, "", "", "", "")
    assert claimed(subject.store, token()) == stored[:1]
    assert claimed(subject.store, token(), 2) == stored[1:3]
    assert claimed(subject.store, token(), 2) == stored[3:]


def test_an_entry_can_be_claimed_again_after_its_lease(subject: Subject) -> None:
    (number,) = put(subject, "")
    first, second = token(), token()
    claimed(subject.store, first)
    subject.age(50)
    assert claimed(subject.store, second) == []
    subject.age(15)
    (entry,) = subject.store.claim(second, lease=60)
    assert (entry.id, entry.attempts) == (number, 2)
    for settle in settlements(subject.store, number, first):
        assert settle() is False
    assert subject.store.renew(number, first, lease=60) is False
    assert subject.store.finish(number, second) is True


def settlements(store: InboxStore, number: int, tag: str) -> list[Callable[[], bool]]:
    return [
        lambda: store.finish(number, tag),
        lambda: store.retry(number, tag, delay=0, error="x"),
        lambda: store.give_back(number, tag),
        lambda: store.bury(number, tag, error="x"),
    ]


def test_a_renewed_lease_lasts_from_now(subject: Subject) -> None:
    (number,) = put(subject, "")
    tag = token()
    claimed(subject.store, tag)
    subject.age(50)
    assert subject.store.renew(number, tag, lease=60) is True
    subject.age(50)
    assert claimed(subject.store, token()) == []
    subject.age(15)
    assert claimed(subject.store, token()) == [number]
    assert subject.store.renew(number, tag, lease=60) is False


def test_a_lease_that_ended_can_be_settled_until_another_claim(subject: Subject) -> None:
    (number,) = put(subject, "")
    tag = token()
    claimed(subject.store, tag)
    subject.age(100)
    assert subject.store.finish(number, tag) is True


# Settling


@pytest.mark.parametrize("lane", ["", "lane"])
def test_a_settled_entry_is_settled_once(subject: Subject, lane: str) -> None:
    for index, expected in enumerate([DONE, READY, READY, DEAD]):
        (number,) = put(subject, lane)
        tag = token()
        assert claimed(subject.store, tag) == [number]
        for other in settlements(subject.store, number, token()):
            assert other() is False
        assert state(subject, number) is RUNNING
        assert settlements(subject.store, number, tag)[index]() is True
        assert state(subject, number) is expected
        entry = subject.store.get(number)
        assert entry is not None
        assert (entry.token, entry.leased_until) == ("", None)
        for again in settlements(subject.store, number, tag):
            assert again() is False
        assert state(subject, number) is expected
        subject.empty()


@pytest.mark.parametrize("lane", ["", "lane"])
def test_a_retry_waits_and_keeps_its_error(subject: Subject, lane: str) -> None:
    (number,) = put(subject, lane)
    tag = token()
    claimed(subject.store, tag)
    assert subject.store.retry(number, tag, delay=100, error="ValueError: \0\ud800")
    entry = subject.store.get(number)
    assert entry is not None
    assert (entry.attempts, entry.error) == (1, "ValueError: \0\ud800")
    assert 80 < entry.due_at - time.time() < 120
    assert claimed(subject.store, token()) == []
    subject.age(110)
    assert claimed(subject.store, token()) == [number]


@pytest.mark.parametrize("lane", ["", "lane"])
def test_what_is_given_back_is_ready_at_once_and_not_counted(subject: Subject, lane: str) -> None:
    (number,) = put(subject, lane)
    tag = token()
    claimed(subject.store, tag)
    assert subject.store.give_back(number, tag)
    (entry,) = subject.store.claim(token(), lease=60)
    assert (entry.id, entry.attempts) == (number, 1)


# Lanes


def test_a_lane_is_processed_in_order(subject: Subject) -> None:
    first, other, second, free = put(subject, "a", "b", "a", "")
    tag = token()
    assert claimed(subject.store, tag, 10) == [first, other, free]
    assert claimed(subject.store, token(), 10) == []
    assert subject.store.finish(first, tag)
    assert claimed(subject.store, tag, 10) == [second]


def test_a_waiting_retry_blocks_its_lane(subject: Subject) -> None:
    first, second, third = put(subject, "a", "a", "a")
    tag = token()
    claimed(subject.store, tag)
    subject.store.retry(first, tag, delay=100, error="")
    assert claimed(subject.store, token(), 10) == []
    assert subject.store.put(new("a")).is_new
    assert claimed(subject.store, token(), 10) == []
    subject.age(110)
    assert claimed(subject.store, tag, 10) == [first]
    subject.store.bury(first, tag, error="")
    assert claimed(subject.store, tag, 10) == [second]
    subject.store.finish(second, tag)
    assert claimed(subject.store, tag, 10) == [third]


def test_a_waiting_retry_can_be_skipped(subject: Subject) -> None:
    first, second, _ = put(subject, "a", "a", "a")
    tag = token()
    claimed(subject.store, tag)
    subject.store.retry(first, tag, delay=100, error="")
    assert claimed(subject.store, tag, 10, skip_blocked=True) == [second]
    assert claimed(subject.store, token(), 10, skip_blocked=True) == []
    subject.age(110)  # two entries of a lane never run at the same time, and the lease of the second ended
    assert len(claimed(subject.store, tag, 10)) == 1


def test_a_skipped_entry_is_next_when_it_is_due(subject: Subject) -> None:
    first, second, third = put(subject, "a", "a", "a")
    tag = token()
    claimed(subject.store, tag)
    subject.store.retry(first, tag, delay=100, error="")
    claimed(subject.store, tag, skip_blocked=True)
    assert subject.store.finish(second, tag)
    assert claimed(subject.store, tag) == []
    subject.age(110)
    assert claimed(subject.store, tag, 10) == [first]
    subject.store.finish(first, tag)
    assert claimed(subject.store, tag, 10) == [third]


@pytest.mark.parametrize("end", ["bury", "discard"])
def test_an_entry_that_ended_does_not_block_its_lane(subject: Subject, end: str) -> None:
    first, second = put(subject, "a", "a")
    tag = token()
    claimed(subject.store, tag)
    if end == "bury":
        subject.store.bury(first, tag, error="")
    else:
        subject.store.retry(first, tag, delay=1000, error="")
        assert subject.store.discard([first]) == 1
    assert claimed(subject.store, tag, 10) == [second]


def test_an_entry_given_back_is_next_in_its_lane(subject: Subject) -> None:
    first, _ = put(subject, "a", "a")
    tag = token()
    claimed(subject.store, tag)
    subject.store.give_back(first, tag)
    assert claimed(subject.store, tag, 10) == [first]


def test_a_redriven_entry_is_next_in_its_lane(subject: Subject) -> None:
    first, second, third = put(subject, "a", "a", "a")
    tag = token()
    claimed(subject.store, tag)
    subject.store.bury(first, tag, error="")
    assert claimed(subject.store, tag) == [second]
    assert subject.store.redrive([first]) == 1
    assert claimed(subject.store, tag, 10) == [], "another entry of the lane runs"
    subject.store.finish(second, tag)
    assert claimed(subject.store, tag, 10) == [first]
    subject.store.finish(first, tag)
    assert claimed(subject.store, tag, 10) == [third]


def test_a_redriven_entry_goes_before_one_that_is_ready(subject: Subject) -> None:
    first, second = put(subject, "a", "a")
    tag = token()
    claimed(subject.store, tag)
    subject.store.bury(first, tag, error="")
    subject.store.redrive([first])
    assert claimed(subject.store, tag, 10) == [first]
    subject.store.finish(first, tag)
    assert claimed(subject.store, tag, 10) == [second]


def test_lanes_are_compared_exactly(subject: Subject) -> None:
    lanes = ["a", "A", "a ", " a", "ä", "a\u0308", "\\a", "%"]
    assert claimed(subject.store, token(), 20) == put(subject, *lanes)[:0]
    assert len(claimed(subject.store, token(), 20)) == len(lanes)
