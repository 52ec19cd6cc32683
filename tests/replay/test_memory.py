"""The memory store: its limits by number and time, and its cost."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any

import pytest

from tests import processes
from tests.signing import stopped_clock
from webhook_verify import WebhookVerifyError
from webhook_verify.replay import ClaimState, MemoryStore
from webhook_verify.replay.memory import DEFAULT_MAX_IDS, MemoryStoreFull

LEASE = 60.0
KEEP = 1000.0


def claim(store: MemoryStore, key: str, token: str = "token") -> ClaimState:
    return store.claim(key, token, lease=LEASE, retention=KEEP).state


def handle(store: MemoryStore, *keys: str) -> None:
    """Claim and complete each."""
    for key in keys:
        assert claim(store, key) in (ClaimState.CLAIMED, ClaimState.TAKEN_OVER)
        assert store.complete(key, "token", retention=KEEP)


def size(store: MemoryStore) -> int:
    return len(store._held) + len(store._completed.order)


def test_it_holds_a_million_ids() -> None:
    assert DEFAULT_MAX_IDS == 1_000_000


@pytest.mark.parametrize(
    ("wrong", "error"),
    [(0, ValueError), (-1, ValueError), (True, TypeError), (1.5, TypeError), (None, TypeError)],
    ids=repr,
)
def test_a_number_of_ids_that_cannot_work_is_refused(wrong: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="max_ids"):
        MemoryStore(wrong)


def test_beyond_its_room_it_forgets_the_oldest_completed_id() -> None:
    store = MemoryStore(3)
    handle(store, "a", "b", "c", "d")

    assert size(store) == 3
    assert [claim(store, key, "other") for key in "bcd"] == [ClaimState.COMPLETED] * 3
    assert claim(store, "a", "other") == ClaimState.CLAIMED


def test_it_warns_of_the_first_id_that_it_forgets(caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryStore(2)
    handle(store, "a", "b")
    assert caplog.records == []
    handle(store, "c", "d", "e")
    assert [(record.name, record.levelno) for record in caplog.records] == [
        ("webhook_verify", logging.WARNING)
    ]
    assert "max_ids" in caplog.text


def test_a_claim_in_flight_is_never_forgotten_for_room() -> None:
    store = MemoryStore(3)
    claim(store, "long")
    handle(store, *"abcdefgh")

    assert claim(store, "long", "other") == ClaimState.IN_FLIGHT
    assert size(store) == 3


def test_it_refuses_when_all_that_it_holds_is_in_flight() -> None:
    store = MemoryStore(2)
    claim(store, "a")
    claim(store, "b")

    with pytest.raises(MemoryStoreFull, match="all 2 ids are in flight"):
        claim(store, "c")
    assert claim(store, "a", "other") == ClaimState.IN_FLIGHT, "it still answers for what it holds"
    assert store.complete("b", "token", retention=KEEP)
    assert claim(store, "c") == ClaimState.CLAIMED


def test_being_full_is_an_error_of_this_package() -> None:
    assert issubclass(MemoryStoreFull, WebhookVerifyError)


def test_a_lease_that_ran_out_makes_room_before_a_completed_id_does() -> None:
    clock = stopped_clock(0)
    store = MemoryStore(2, clock=clock)
    claim(store, "late")
    clock.set(LEASE + 1)
    handle(store, "a", "b")

    assert claim(store, "a", "other") == ClaimState.COMPLETED
    assert store.complete("late", "token", retention=KEEP), "the late worker's success is remembered"


def test_an_extended_lease_does_not_make_room() -> None:
    clock = stopped_clock(0)
    store = MemoryStore(2, clock=clock)
    claim(store, "extended")
    claim(store, "late")
    clock.set(LEASE - 1)
    store.extend("extended", "token", lease=LEASE)
    clock.set(LEASE + 1)
    claim(store, "a")

    assert claim(store, "extended", "other") == ClaimState.IN_FLIGHT


def test_time_is_the_stores_own_clock() -> None:
    clock = stopped_clock(0)
    store = MemoryStore(clock=clock)
    claim(store, "a")
    clock.set(LEASE - 1)
    assert claim(store, "a", "other") == ClaimState.IN_FLIGHT
    clock.set(LEASE)
    assert claim(store, "a", "other") == ClaimState.TAKEN_OVER


def test_what_is_over_is_forgotten_two_a_claim() -> None:
    """Not all at once, which would hold up one delivery, and not never."""
    clock = stopped_clock(0)
    store = MemoryStore(clock=clock)
    handle(store, *(f"completed-{number}" for number in range(100)))
    for number in range(100):
        claim(store, f"abandoned-{number}")
    clock.set(KEEP + 1)

    claim(store, "new-1")
    assert size(store) == 200 - 4 + 1
    for number in range(2, 51):
        claim(store, f"new-{number}")
    assert size(store) == 50


def test_completing_and_releasing_leave_nothing_behind() -> None:
    clock = stopped_clock(0)
    store = MemoryStore(100, clock=clock)
    for number in range(3_000):
        handle(store, f"a-{number}")
        claim(store, f"b-{number}")
        store.release(f"b-{number}", "token")
        for _ in range(3):
            store.complete(f"a-{number}", "token", retention=KEEP)
        clock.move(1)

    assert len(store._held) == 0
    assert 99 <= len(store._completed.order) == sum(map(len, store._completed._records)) <= 100


def test_tasks_of_an_event_loop_share_it_without_waiting() -> None:
    store = MemoryStore()

    async def send() -> ClaimState:
        await asyncio.sleep(0)
        return claim(store, "message", str(id(asyncio.current_task())))

    async def storm() -> list[ClaimState]:
        return await asyncio.gather(*(send() for _ in range(64)))

    states = asyncio.run(storm())
    assert states.count(ClaimState.CLAIMED) == 1
    assert states.count(ClaimState.IN_FLIGHT) == 63


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="resident memory is read from /proc")
def test_an_id_takes_less_than_256_bytes() -> None:
    """Of resident memory at its highest, in a process of its own, with three times as many ids as fit."""
    ids = 50_000
    command = [sys.executable, "-m", "tests.replay.memory_growth", str(ids)]
    printed = processes.run(command, text=True).stdout
    before, after = map(int, printed.split())

    assert after - before < 256 * ids
