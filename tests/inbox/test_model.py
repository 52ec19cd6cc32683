"""Workers, crashes and clocks: hypothesis searches for a sequence in which a store breaks its contract.

The tests do not sleep but make entries older. All times are multiples of 5 seconds, so the duration of a run
does not matter. A worker that crashes forgets its claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.effort import examples
from tests.inbox.helpers import Subject, new, token
from webhook_verify.inbox import Entry, EntryState

pytestmark = pytest.mark.server

LANES = st.sampled_from(["", "a", "b"])
WORKERS = st.integers(0, 2)
DELAYS = st.sampled_from([0.0, 40.0, 200.0])
AGES = st.sampled_from([10.0, 45.0, 70.0, 250.0])
LEASE = 60.0


@dataclass
class Row:
    """An entry in the model: its state, and the seconds until it is due or its lease ends."""

    id: int
    lane: str
    state: EntryState = EntryState.READY
    left: float = 0.0
    token: str = ""
    attempts: int = 0


class Model:
    """The law, in as few words as it takes."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}

    def claimable(self) -> set[int]:
        return {row.id for row in self.rows.values() if self._can_be_claimed(row)}

    def _can_be_claimed(self, row: Row) -> bool:
        if row.left > 0 or row.state not in (EntryState.READY, EntryState.RUNNING):
            return False
        if not row.lane or row.state is EntryState.RUNNING:
            return True
        others = [each for each in self.rows.values() if each.lane == row.lane and each is not row]
        return not any(
            each.state is EntryState.RUNNING or (each.state is EntryState.READY and each.id < row.id)
            for each in others
        )

    def age(self, seconds: float) -> None:
        for row in self.rows.values():
            row.left -= seconds

    def holds(self, number: int, tag: str) -> bool:
        row = self.rows[number]
        return row.state is EntryState.RUNNING and row.token == tag


class Workers(RuleBasedStateMachine):
    """Workers that claim, renew and settle, or crash; people that decide; and a clock."""

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        subject.empty()
        self.subject = subject
        self.store = subject.store
        self.model = Model()
        self.held: dict[int, tuple[int, str]] = {}

    @rule(lane=LANES)
    def put(self, lane: str) -> None:
        outcome = self.store.put(new(lane))
        assert outcome.is_new
        self.model.rows[outcome.id] = Row(outcome.id, lane)

    @rule(worker=WORKERS, limit=st.integers(1, 3))
    def claim(self, worker: int, limit: int) -> None:
        expected, tag = self.model.claimable(), token()
        entries = self.store.claim(tag, lease=LEASE, limit=limit)
        assert len(entries) == min(limit, len(expected))
        for entry in entries:
            assert entry.id in expected
            row = self.model.rows[entry.id]
            row.state, row.left, row.token, row.attempts = (
                EntryState.RUNNING,
                LEASE,
                tag,
                row.attempts + 1,
            )
            self.held[worker] = entry.id, tag

    @rule(worker=WORKERS, how=st.sampled_from(["finish", "bury", "give_back", "renew"]))
    def settle(self, worker: int, how: str) -> None:
        if worker not in self.held:
            return
        number, tag = self.held[worker]
        options: dict[str, Any] = {"lease": LEASE} if how == "renew" else {}
        options |= {"error": "x"} if how == "bury" else {}
        held = self.model.holds(number, tag)
        assert getattr(self.store, how)(number, tag, **options) is held
        row = self.model.rows[number]
        if held and how == "renew":
            row.left = LEASE
        elif held:
            states = {"finish": EntryState.DONE, "bury": EntryState.DEAD, "give_back": EntryState.READY}
            row.state, row.left, row.token = states[how], 0.0, ""
            row.attempts -= how == "give_back"

    @rule(worker=WORKERS, delay=DELAYS)
    def retry(self, worker: int, delay: float) -> None:
        if worker not in self.held:
            return
        number, tag = self.held[worker]
        held = self.model.holds(number, tag)
        assert self.store.retry(number, tag, delay=delay, error="x") is held
        if held:
            row = self.model.rows[number]
            row.state, row.left, row.token = EntryState.READY, delay, ""

    @rule(worker=WORKERS)
    def crash(self, worker: int) -> None:
        self.held.pop(worker, None)

    @rule(seconds=AGES)
    def pass_time(self, seconds: float) -> None:
        self.subject.age(seconds)
        self.model.age(seconds)

    @rule(data=st.data())
    def redrive(self, data: st.DataObject) -> None:
        self._decide(data, "redrive", (EntryState.DEAD, EntryState.DISCARDED), EntryState.READY)

    @rule(data=st.data())
    def discard(self, data: st.DataObject) -> None:
        self._decide(data, "discard", (EntryState.DEAD, EntryState.READY), EntryState.DISCARDED)

    def _decide(
        self, data: st.DataObject, action: str, states: tuple[EntryState, ...], result: EntryState
    ) -> None:
        if not self.model.rows:
            return
        chosen = data.draw(st.lists(st.sampled_from(sorted(self.model.rows)), max_size=2, unique=True))
        rows = [row for row in map(self.model.rows.__getitem__, chosen) if row.state in states]
        assert getattr(self.store, action)(chosen) == len(rows)
        for row in rows:
            row.state, row.left = result, 0.0
            row.attempts = 0 if action == "redrive" else row.attempts

    @invariant()
    def the_states_are_equal(self) -> None:
        stored = {entry.id: (entry.state, entry.attempts) for entry in self._entries()}
        assert stored == {row.id: (row.state, row.attempts) for row in self.model.rows.values()}

    def _entries(self) -> list[Entry]:
        return list(self.store.list(limit=10_000))


EFFORT = settings(
    examples(30, stateful_step_count=40), suppress_health_check=[HealthCheck.too_slow], deadline=None
)


@pytest.mark.slow
@pytest.mark.timeout(300)  # 4,000 calls between threads, or to a server, take a minute on a busy machine
def test_every_store_does_what_the_model_does(subject: Subject) -> None:
    class OnThisStore(Workers):
        def __init__(self) -> None:
            super().__init__(subject)

    run_state_machine_as_test(OnThisStore, settings=EFFORT)
