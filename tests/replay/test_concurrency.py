"""Concurrent replays: a message from 64 senders at the same time is handled once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest

from tests.replay.helpers import Subject
from tests.waiting import patience
from webhook_verify.replay import ClaimState, ReplayGuard

pytestmark = pytest.mark.server

SENDERS = 64
ROUNDS = 5
KEEP = 1000.0

T = TypeVar("T")


def at_once(work: Callable[[str], T]) -> list[T]:
    """What 64 threads got that begin at the same moment, each with a token of its own."""
    barrier = Barrier(SENDERS)

    def begin(token: str) -> T:
        barrier.wait()
        return work(token)

    with ThreadPoolExecutor(SENDERS) as pool:
        return list(pool.map(begin, [ReplayGuard.new_token() for _ in range(SENDERS)]))


def new_key() -> str:
    return ReplayGuard.new_token().ljust(43, "k")


@pytest.mark.slow
def test_one_of_64_claims_a_new_message(subject: Subject) -> None:
    for _ in range(ROUNDS):
        key = new_key()
        outcomes = at_once(lambda token: subject.store.claim(key, token, lease=60, retention=KEEP))  # noqa: B023
        assert Counter(outcome.state for outcome in outcomes) == {
            ClaimState.CLAIMED: 1,
            ClaimState.IN_FLIGHT: SENDERS - 1,
        }


@pytest.mark.slow
def test_one_of_64_takes_over_a_lease_that_ran_out(subject: Subject) -> None:
    key = new_key()
    subject.store.claim(key, "late", lease=60, retention=KEEP)
    subject.age(key, 61)

    outcomes = at_once(lambda token: subject.store.claim(key, token, lease=60, retention=KEEP))

    assert Counter(outcome.state for outcome in outcomes) == {
        ClaimState.TAKEN_OVER: 1,
        ClaimState.IN_FLIGHT: SENDERS - 1,
    }
    assert not subject.store.complete(key, "late", retention=KEEP)


@pytest.mark.slow
def test_nobody_claims_a_completed_message(subject: Subject) -> None:
    key = new_key()
    subject.store.claim(key, "first", lease=60, retention=KEEP)
    subject.store.complete(key, "first", retention=KEEP)

    outcomes = at_once(lambda token: subject.store.claim(key, token, lease=60, retention=KEEP))

    assert {outcome.state for outcome in outcomes} == {ClaimState.COMPLETED}


@pytest.mark.slow
def test_of_64_that_complete_a_lost_record_one_does(subject: Subject) -> None:
    key = new_key()

    assert Counter(at_once(lambda token: subject.store.complete(key, token, retention=KEEP)))[True] == 1


@pytest.mark.slow
def test_the_message_is_handled_once_whatever_the_64_do(subject: Subject) -> None:
    """Each sender claims, fails or succeeds, and comes back until the message is completed."""
    key = new_key()
    handled: list[str] = []

    def send_until_done(_: str) -> None:
        until = time.monotonic() + patience(60)
        while time.monotonic() < until:
            own = ReplayGuard.new_token()
            state = subject.store.claim(key, own, lease=60, retention=KEEP).state
            if state == ClaimState.COMPLETED:
                return
            if state == ClaimState.CLAIMED and len(failed) < 10:
                failed.append(own)
                assert subject.store.release(key, own)
            elif state == ClaimState.CLAIMED:
                handled.append(own)
                assert subject.store.complete(key, own, retention=KEEP)
            else:
                time.sleep(0.005)
        raise AssertionError("never completed")

    failed: list[str] = []
    at_once(send_until_done)
    assert len(handled) == 1
