"""The contract of stores, rule by rule, for every store."""

from __future__ import annotations

from itertools import count
from typing import NamedTuple

import pytest

from tests.replay.helpers import Subject
from tests.rows import rows
from webhook_verify.replay import ClaimState, ReplayGuard

pytestmark = pytest.mark.server

LEASE = 60.0
KEEP = 1000.0
PAST_LEASE = LEASE + 1
PAST_KEEP = KEEP + 1

CLAIMED, TAKEN_OVER = ClaimState.CLAIMED, ClaimState.TAKEN_OVER
IN_FLIGHT, COMPLETED = ClaimState.IN_FLIGHT, ClaimState.COMPLETED


class Message:
    """One message id at a store, with two workers who want it."""

    _numbers = count()

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self.key = f"{next(self._numbers):06}-{ReplayGuard.new_token()}".ljust(64, "k")
        self.first = ReplayGuard.new_token()
        self.second = ReplayGuard.new_token()

    def claim(self, token: str, *, lease: float = LEASE, retention: float = KEEP) -> ClaimState:
        return self._subject.store.claim(self.key, token, lease=lease, retention=retention).state

    def seconds_left(self, token: str) -> float:
        return self._subject.store.claim(self.key, token, lease=LEASE, retention=KEEP).seconds_left

    def extend(self, token: str, *, lease: float = LEASE) -> bool:
        return self._subject.store.extend(self.key, token, lease=lease)

    def complete(self, token: str, *, retention: float = KEEP) -> bool:
        return self._subject.store.complete(self.key, token, retention=retention)

    def release(self, token: str) -> bool:
        return self._subject.store.release(self.key, token)

    def age(self, seconds: float) -> None:
        self._subject.age(self.key, seconds)


@pytest.fixture
def message(subject: Subject) -> Message:
    return Message(subject)


def test_a_new_id_is_claimed(message: Message) -> None:
    assert message.claim(message.first) == CLAIMED


def test_a_claimed_id_is_in_flight(message: Message) -> None:
    message.claim(message.first)

    assert message.claim(message.second) == IN_FLIGHT
    assert message.claim(message.second) == IN_FLIGHT, "asking changes nothing"
    assert message.complete(message.first)


def test_a_claim_in_flight_tells_the_seconds_that_are_left(message: Message) -> None:
    message.claim(message.first)
    assert LEASE - 20 < message.seconds_left(message.second) <= LEASE
    message.age(LEASE - 20)
    assert 0 < message.seconds_left(message.second) <= 20


@rows("made", ["new", "taken over", "completed"])
def test_what_is_not_in_flight_has_no_seconds_left(subject: Subject, made: str) -> None:
    message = Message(subject)
    if made != "new":
        message.claim(message.first)
        message.age(PAST_LEASE)
    if made == "completed":
        message.complete(message.first)
    assert message.seconds_left(message.second) == 0


def test_a_completed_id_is_completed_for_everybody(message: Message) -> None:
    message.claim(message.first)

    assert message.complete(message.first)
    assert message.claim(message.second) == COMPLETED
    assert message.claim(message.first) == COMPLETED


def test_a_released_id_is_new(message: Message) -> None:
    message.claim(message.first)

    assert message.release(message.first)
    assert message.claim(message.second) == CLAIMED


def test_a_claim_whose_lease_ran_out_is_taken_over(message: Message) -> None:
    message.claim(message.first)
    message.age(PAST_LEASE)

    assert message.claim(message.second) == TAKEN_OVER
    assert message.claim(message.first) == IN_FLIGHT


def test_a_take_over_has_a_lease_and_a_record_of_its_own(message: Message) -> None:
    message.claim(message.first)
    message.age(KEEP - 1)
    message.claim(message.second)
    message.age(LEASE - 10)

    assert message.claim(message.first) == IN_FLIGHT
    message.age(KEEP - LEASE)
    assert message.claim(message.first) == TAKEN_OVER


def test_a_claim_is_forgotten_after_its_keep(message: Message) -> None:
    message.claim(message.first)
    message.age(PAST_KEEP)

    assert message.claim(message.second) == CLAIMED


def test_a_completed_id_is_kept_from_when_it_was_completed(message: Message) -> None:
    message.claim(message.first)
    message.age(KEEP - 10)
    message.complete(message.first)
    message.age(KEEP - 10)
    assert message.claim(message.second) == COMPLETED
    message.age(11)
    assert message.claim(message.second) == CLAIMED


def test_a_forgotten_completed_id_can_be_completed_again(message: Message) -> None:
    for token in (message.first, message.second, message.first):
        assert message.claim(token) == CLAIMED
        assert message.complete(token)
        assert message.claim("another") == COMPLETED
        message.age(PAST_KEEP)


def test_a_completed_id_does_not_care_for_the_lease(message: Message) -> None:
    message.claim(message.first)
    message.complete(message.first)
    message.age(PAST_LEASE)

    assert message.claim(message.second) == COMPLETED


def test_a_claim_repeated_by_its_own_token_is_claimed(message: Message) -> None:
    """A driver that retries after a lost answer."""
    message.claim(message.first)
    message.age(LEASE - 10)

    assert message.claim(message.first) == CLAIMED
    message.age(LEASE - 10)
    assert message.claim(message.second) == IN_FLIGHT, "and its lease has begun anew"


def test_an_extended_lease_runs_from_now(message: Message) -> None:
    message.claim(message.first)
    message.age(LEASE - 10)

    assert message.extend(message.first)
    message.age(LEASE - 10)
    assert message.claim(message.second) == IN_FLIGHT
    message.age(11)
    assert message.claim(message.second) == TAKEN_OVER


def test_a_lease_can_be_extended_after_it_ran_out(message: Message) -> None:
    message.claim(message.first)
    message.age(PAST_LEASE)

    assert message.extend(message.first)
    assert message.claim(message.second) == IN_FLIGHT


def test_a_record_never_goes_before_its_lease(message: Message) -> None:
    message.claim(message.first)
    assert message.extend(message.first, lease=2 * KEEP)
    message.age(PAST_KEEP)
    assert message.claim(message.second) == IN_FLIGHT
    assert message.complete(message.first)


def test_extending_does_not_shorten_the_keep(message: Message) -> None:
    message.claim(message.first)
    assert message.extend(message.first, lease=1)
    message.age(LEASE)

    assert message.claim(message.second) == TAKEN_OVER


def test_completing_twice_is_completing_once(message: Message) -> None:
    message.claim(message.first)

    assert message.complete(message.first)
    assert message.complete(message.first)
    assert message.claim(message.second) == COMPLETED


def test_a_late_worker_completes_where_nobody_took_over(message: Message) -> None:
    message.claim(message.first)
    message.age(PAST_LEASE)

    assert message.complete(message.first)
    assert message.claim(message.second) == COMPLETED


def test_a_late_worker_releases_where_nobody_took_over(message: Message) -> None:
    message.claim(message.first)
    message.age(PAST_LEASE)

    assert message.release(message.first)
    assert message.claim(message.second) == CLAIMED


def test_a_late_worker_completes_what_its_successor_released(message: Message) -> None:
    message.claim(message.first)
    message.age(PAST_LEASE)
    message.claim(message.second)
    message.release(message.second)

    assert message.complete(message.first), "this handling did succeed"
    assert message.claim(message.second) == COMPLETED


def test_a_handling_completes_where_the_store_lost_the_record(message: Message) -> None:
    message.claim(message.first)
    message.age(PAST_KEEP)

    assert message.complete(message.first)
    assert message.claim(message.second) == COMPLETED


def test_a_released_claim_is_released_once(message: Message) -> None:
    message.claim(message.first)

    assert message.release(message.first)
    assert not message.release(message.first)


def test_a_completed_id_is_never_released(message: Message) -> None:
    message.claim(message.first)
    message.complete(message.first)

    assert not message.release(message.first)
    assert not message.release(message.second)
    assert message.claim(message.second) == COMPLETED


def test_a_completed_id_is_not_extended(message: Message) -> None:
    message.claim(message.first)
    message.complete(message.first)

    assert not message.extend(message.first)
    assert message.claim(message.second) == COMPLETED


def test_where_there_is_no_record_there_is_nothing_to_extend_or_release(message: Message) -> None:
    assert not message.extend(message.first)
    assert not message.release(message.first)
    assert message.claim(message.second) == CLAIMED


class TokenRule(NamedTuple):
    """What a worker tries on a claim that is no longer its own."""

    step: str
    successor_is: str


@rows(
    "rule",
    [
        TokenRule(step, successor)
        for step in ("extend", "complete", "release")
        for successor in ("in flight", "late", "completed")
    ],
    ids=lambda rule: f"{rule.step}-{rule.successor_is.replace(' ', '-')}",
)
def test_a_late_worker_cannot_touch_its_successors_claim(subject: Subject, rule: TokenRule) -> None:
    message = Message(subject)
    message.claim(message.first)
    message.age(PAST_LEASE)
    message.claim(message.second)
    if rule.successor_is == "late":
        message.age(PAST_LEASE)
    if rule.successor_is == "completed":
        message.complete(message.second)

    assert not getattr(message, rule.step)(message.first)
    assert message.complete(message.second), "the successor still holds it"
    assert not message.release(message.second)
    assert message.claim(message.first) == COMPLETED


def test_a_late_claim_that_was_refused_changes_nothing(message: Message) -> None:
    """Not even the lease of a successor, which a careless write would set anew."""
    message.claim(message.first)
    message.age(PAST_LEASE)
    message.claim(message.second)
    message.extend(message.first, lease=10 * LEASE)
    message.age(PAST_LEASE)

    assert message.claim(message.first) == TAKEN_OVER


def test_ids_do_not_touch_each_other(subject: Subject) -> None:
    one, other = Message(subject), Message(subject)
    one.claim(one.first)
    one.complete(one.first)

    assert other.claim(one.first) == CLAIMED
    assert other.release(one.first)
    assert one.claim(one.second) == COMPLETED


@rows("lease", [0.05, 0.5, 59.999999, 86_400.0], ids=str)
def test_a_lease_may_be_any_time(subject: Subject, lease: float) -> None:
    message = Message(subject)
    assert message.claim(message.first, lease=lease, retention=4 * 86_400.0) == CLAIMED
    message.age(lease)
    assert message.claim(message.second, lease=lease, retention=4 * 86_400.0) == TAKEN_OVER


def test_a_key_and_a_token_of_full_length_come_back_whole(message: Message) -> None:
    long, nearly = "t" * 32, "t" * 31 + "u"
    message.claim(long)

    assert not message.complete(nearly)
    assert not message.release(nearly)
    assert message.complete(long)
