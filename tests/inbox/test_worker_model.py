"""Workers that crash at any step, and a clock: hypothesis searches for an entry that is lost or done twice.

The generators of two workers are advanced step by step, in any order. A crash leaves a worker where it is, as
a kill does. The store is the one in memory, on a clock that the machine sets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.effort import examples
from tests.inbox.inboxes import MemoryInbox, SettableClock
from webhook_verify import Delivery
from webhook_verify.inbox import Backoff, Poison, WorkerOptions
from webhook_verify.inbox.current import call_handler
from webhook_verify.inbox.entries import Entry, EntryState
from webhook_verify.inbox.steps import Idle, RunHandler, StoreCall
from webhook_verify.inbox.worker import Processor

LEASE = 60.0
MAX_ATTEMPTS = 3
WORKERS = st.integers(0, 1)


class Worker:
    """A worker between two steps."""

    def __init__(self, machine: Machine) -> None:
        inbox = machine.inbox
        options = WorkerOptions(lease=LEASE)
        self.machine = machine
        self.processor = Processor(
            inbox, inbox.handlers, inbox.delivery, options, random=lambda: 0.0, monotonic=machine.clock
        )
        self.steps: Generator[Any, Any, None] = self.processor.work()
        self.step: Any = next(self.steps)

    def advance(self) -> None:
        result: Any = None
        match self.step:
            case StoreCall(name, arguments, options):
                result = getattr(self.machine.inbox.store, name)(*arguments, **(options or {}))
            case RunHandler(attempt):
                try:
                    call_handler(attempt)
                except Exception as error:
                    result = error
            case Idle() | _:
                pass
        self.step = self.steps.send(result)

    def renew(self) -> None:
        for step in self.processor.maintain():
            if not isinstance(step, StoreCall):
                return
            # Only the result is missing, which sets the time of the next renewal.
            getattr(self.machine.inbox.store, step.name)(*step.arguments, **(step.options or {}))
            return


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = SettableClock()
        self.inbox = MemoryInbox(clock=self.clock)
        self.outcomes: dict[int, list[str]] = {}
        self.runs: Counter[int] = Counter()
        self.finished: Counter[int] = Counter()
        self.inbox.handler("*", retry=Backoff(first=10, jitter=0, max_attempts=MAX_ATTEMPTS))(self.handle)
        finish = self.inbox.store.finish

        def count(number: int, token: str) -> bool:
            done: bool = finish(number, token)
            self.finished[number] += done
            return done

        self.inbox.store.finish = count
        self.workers = [Worker(self), Worker(self)]

    def handle(self, delivery: Delivery, entry: Entry) -> None:
        self.runs[entry.id] += 1
        outcomes = self.outcomes[entry.id]
        outcome = outcomes.pop(0) if outcomes else "succeed"
        if outcome == "fail":
            raise ValueError
        if outcome == "poison":
            raise Poison

    @rule(
        lane=st.sampled_from(["", "a", "b"]),
        outcomes=st.lists(st.sampled_from(["succeed", "fail", "poison"]), max_size=4),
    )
    def put(self, lane: str, outcomes: list[str]) -> None:
        self.outcomes[self.inbox.put(lane=lane)] = outcomes

    @rule(number=WORKERS, count=st.integers(1, 5))
    def advance(self, number: int, count: int) -> None:
        for _ in range(count):
            self.workers[number].advance()

    @rule(number=WORKERS)
    def renew(self, number: int) -> None:
        self.workers[number].renew()

    @rule(number=WORKERS)
    def crash(self, number: int) -> None:
        self.workers[number] = Worker(self)

    @rule(seconds=st.sampled_from([1.0, 10.0, 29.0, 31.0, 61.0]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @invariant()
    def an_entry_has_one_holder_and_is_done_once(self) -> None:
        for entry in self.inbox.store.list(limit=10_000):
            assert (entry.token != "") == (entry.state is EntryState.RUNNING)
            assert entry.attempts <= MAX_ATTEMPTS + 1
            assert self.finished[entry.id] == (entry.state is EntryState.DONE)
            assert self.runs[entry.id] <= entry.attempts

    @invariant()
    def a_lane_has_one_running_entry(self) -> None:
        running = [
            entry.stored.lane
            for entry in self.inbox.store.list(state=EntryState.RUNNING, limit=10_000)
            if entry.leased_until > self.clock.now and entry.stored.lane
        ]
        assert len(running) == len(set(running))

    def teardown(self) -> None:
        """Every entry ends: a new worker finishes what the others have left."""
        # In the worst case all entries are in one lane, and each needs all attempts and one more claim.
        for _ in range((MAX_ATTEMPTS + 1) * len(self.outcomes) + 1):
            self.clock.now += 1000
            self.inbox.drain()
        states = {entry.state for entry in self.inbox.store.list(limit=10_000)}
        assert states <= {EntryState.DONE, EntryState.DEAD}
        assert all(self.runs[number] <= MAX_ATTEMPTS for number in self.outcomes)


@pytest.mark.slow
def test_no_entry_is_lost_and_none_is_done_twice() -> None:
    run_state_machine_as_test(Machine, settings=examples(200, stateful_step_count=40))
