"""Many clients and a model: hypothesis searches for a sequence in which a store breaks its contract.

The tests do not sleep but make records older. All times are multiples of 5 seconds, so the duration of a run
does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.effort import examples
from tests.replay.helpers import Subject
from tests.replay.stores import age_in_memory
from webhook_verify.replay import ClaimOutcome, ClaimState, MemoryStore, ReplayGuard

pytestmark = pytest.mark.server

CLIENTS = st.integers(0, 2)
LEASES = st.sampled_from([30.0, 60.0, 300.0])
KEEPS = st.sampled_from([200.0, 400.0])
AGES = st.sampled_from([10.0, 45.0, 70.0, 150.0, 350.0])


@dataclass(frozen=True)
class Record:
    """A message in the model: its holder, and the seconds left of its lease and its retention."""

    token: str
    retention: float
    lease: float = 0.0
    completed: bool = False


class Model:
    """The law, in as few words as it takes."""

    def __init__(self) -> None:
        self.record: Record | None = None

    def claim(self, token: str, lease: float, retention: float) -> tuple[ClaimState, float]:
        found = self.record
        if found is not None and found.completed:
            return ClaimState.COMPLETED, 0.0
        if found is not None and found.token != token and found.lease > 0:
            return ClaimState.IN_FLIGHT, found.lease
        self.record = Record(token, retention, lease)
        taken_over = found is not None and found.token != token
        return (ClaimState.TAKEN_OVER if taken_over else ClaimState.CLAIMED), 0.0

    def extend(self, token: str, lease: float) -> bool:
        if not self._is_held_by(token):
            return False
        assert self.record is not None
        self.record = replace(self.record, lease=lease, retention=max(self.record.retention, lease))
        return True

    def complete(self, token: str, retention: float) -> bool:
        if self.record is not None and self.record.token != token:
            return False
        self.record = Record(token, retention, completed=True)
        return True

    def release(self, token: str) -> bool:
        if not self._is_held_by(token):
            return False
        self.record = None
        return True

    def age(self, seconds: float) -> None:
        if self.record is not None:
            found = self.record
            self.record = replace(found, retention=found.retention - seconds, lease=found.lease - seconds)
            if self.record.retention <= 0:
                self.record = None

    def _is_held_by(self, token: str) -> bool:
        return self.record is not None and self.record.token == token and not self.record.completed


class ManyClients(RuleBasedStateMachine):
    """Clients that claim, extend, complete and release, each with the token of its latest claim."""

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self.subject = subject
        self.store = subject.store
        self.key = ReplayGuard.new_token().ljust(43, "k")
        self.model = Model()
        self.tokens: dict[int, str] = {}

    def token(self, client: int, *, new: bool = False) -> str:
        if new or client not in self.tokens:
            self.tokens[client] = ReplayGuard.new_token()
        return self.tokens[client]

    @rule(client=CLIENTS, lease=LEASES, retention=KEEPS, repeated=st.booleans())
    def claim(self, client: int, lease: float, retention: float, repeated: bool) -> None:
        retention = max(retention, 2 * lease)
        token = self.token(client, new=not repeated)
        state, seconds_left = self.store.claim(self.key, token, lease=lease, retention=retention)
        expected, expected_left = self.model.claim(token, lease, retention)
        assert state == expected
        assert expected_left - 5 < seconds_left <= expected_left

    @rule(client=CLIENTS, lease=LEASES)
    def extend(self, client: int, lease: float) -> None:
        token = self.token(client)
        extended = self.store.extend(self.key, token, lease=lease)
        assert extended is self.model.extend(token, lease)

    @rule(client=CLIENTS, retention=KEEPS)
    def complete(self, client: int, retention: float) -> None:
        token = self.token(client)
        completed = self.store.complete(self.key, token, retention=retention)
        assert completed is self.model.complete(token, retention)

    @rule(client=CLIENTS)
    def release(self, client: int) -> None:
        token = self.token(client)
        released = self.store.release(self.key, token)
        assert released is self.model.release(token)

    @rule(seconds=AGES)
    def expire(self, seconds: float) -> None:
        self.subject.age(self.key, seconds)
        self.model.age(seconds)


EFFORT = examples(60, stateful_step_count=40)
FIRST_FAILURE = settings(
    EFFORT, max_examples=600, phases=[Phase.generate], report_multiple_bugs=False, derandomize=True
)


def explore(subject: Subject, effort: settings) -> None:
    class OnThisStore(ManyClients):
        def __init__(self) -> None:
            super().__init__(subject)

    run_state_machine_as_test(OnThisStore, settings=effort)


@pytest.mark.slow
def test_every_store_does_what_the_model_does(subject: Subject) -> None:
    explore(subject, EFFORT)


class ForgetsTheToken(MemoryStore):
    def complete(self, key: str, token: str, *, retention: float) -> bool:
        super().complete(key, token, retention=retention)
        return True


class ReleasesForAnybody(MemoryStore):
    def release(self, key: str, token: str) -> bool:
        held = self._held.get(key)
        return super().release(key, token if held is None else held.token)


class DoesNotNoticeTakeOvers(MemoryStore):
    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        return super().claim(key, token, lease=lease, retention=lease)


class ExtendsForAnybody(MemoryStore):
    def extend(self, key: str, token: str, *, lease: float) -> bool:
        held = self._held.get(key)
        return super().extend(key, token if held is None else held.token, lease=lease)


FAULTS = [ForgetsTheToken, ReleasesForAnybody, DoesNotNoticeTakeOvers, ExtendsForAnybody]


@pytest.mark.slow
@pytest.mark.parametrize("faulty", FAULTS, ids=lambda faulty: faulty.__name__)
def test_the_model_finds_a_store_that_breaks_the_law(faulty: type[MemoryStore]) -> None:
    store = faulty()
    with pytest.raises(AssertionError):
        explore(Subject(store, lambda key, seconds: age_in_memory(store, key, seconds)), FIRST_FAILURE)
