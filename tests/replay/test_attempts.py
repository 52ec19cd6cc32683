"""Every store counts the attempts at a delivery, after releases and expired leases."""

from __future__ import annotations

import pytest

from tests.replay.helpers import Subject
from webhook_verify.replay import ClaimState, ReplayGuard

pytestmark = pytest.mark.server

LEASE, KEEP = 60.0, 600.0


def test_each_claim_after_a_release_or_a_lease_that_ran_out_is_another_attempt(subject: Subject) -> None:
    store, key = subject.store, ReplayGuard.new_token().ljust(43, "k")
    tokens = [ReplayGuard.new_token() for _ in range(5)]

    def claim(number: int) -> tuple[ClaimState, int]:
        outcome = store.claim(key, tokens[number], lease=LEASE, retention=KEEP)
        return outcome.state, outcome.attempt

    assert claim(0) == (ClaimState.CLAIMED, 1)
    assert claim(0) == (ClaimState.CLAIMED, 1), "the driver's own retry"
    assert store.release(key, tokens[0])
    assert not store.release(key, tokens[0])
    assert not store.extend(key, tokens[0], lease=LEASE)
    assert claim(1) == (ClaimState.CLAIMED, 2)
    assert claim(1) == (ClaimState.CLAIMED, 2)
    assert store.extend(key, tokens[1], lease=LEASE)
    assert claim(2)[0] == ClaimState.IN_FLIGHT
    subject.age(key, LEASE + 1)
    assert claim(2) == (ClaimState.TAKEN_OVER, 3)
    assert not store.release(key, tokens[1])
    assert store.release(key, tokens[2])
    assert claim(3) == (ClaimState.CLAIMED, 4)
    assert store.release(key, tokens[3])
    assert store.complete(key, tokens[1], retention=KEEP), "a late worker that did succeed"
    assert not store.complete(key, tokens[3], retention=KEEP)
    assert claim(4)[0] == ClaimState.COMPLETED


def test_for_ever_is_a_time_that_a_store_takes(subject: Subject) -> None:
    guard = ReplayGuard(subject.store, retention=float("inf"))
    key, token = ReplayGuard.new_token().ljust(43, "k"), ReplayGuard.new_token()
    subject.store.claim(key, token, lease=LEASE, retention=guard.stored_seconds)
    assert subject.store.complete(key, token, retention=guard.stored_seconds)
    subject.age(key, 10 * 365 * 86_400.0)
    outcome = subject.store.claim(key, "another", lease=LEASE, retention=guard.stored_seconds)
    assert outcome.state == ClaimState.COMPLETED
