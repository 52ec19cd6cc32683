"""A short run of the scenario of ``make chaos`` with an inbox, and the check of its guarantees."""

from __future__ import annotations

import pytest

from tests.chaos.inbox.databases import Row, Work
from tests.chaos.inbox.judgement import judge
from tests.chaos.inbox.scenario import InboxPlan, inbox_storm
from tests.chaos.ledger import Event, Note
from tests.chaos.messages import Message
from tests.chaos.provider import Sent
from tests.replay.helpers import skipping
from tests.rows import rows
from webhook_verify.inbox import EntryState

SEED = 20261130


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.timeout(200)
@pytest.mark.parametrize(("server", "database"), [("gunicorn", "sqlite"), ("uvicorn", "postgres")])
def test_no_entry_is_lost_while_workers_are_killed_and_the_database_restarts(
    server: str, database: str
) -> None:
    with skipping():
        verdict = inbox_storm(
            InboxPlan(server, database, messages=80, kills=10, outages=1, seed=SEED, lanes=8, at_once=20)
        )

    assert verdict.breaches == []


LEASE = 2.0


def run_of(entry: int, at: float, lane: str = "a") -> list[Note]:
    token = f"{entry} {at}"
    return [
        Note(at - 0.01, 1, Event.CLAIMED, token, (f"{at - 0.02}", str(entry))),
        Note(at, 1, Event.BEGUN, token, (str(entry), lane)),
    ]


def row(number: int, state: EntryState = EntryState.DONE, error: str = "") -> Row:
    return Row(number + 1, f"msg_{number}", "a", state, 1, error)


RUNS = [*run_of(1, 10.0), *run_of(2, 11.0)]
ROWS = [row(0), row(1)]
WORKS = [Work(1, "a"), Work(2, "a")]
DEAD, READY = EntryState.DEAD, EntryState.READY


@rows(
    "notes, stored, works, broken",
    [
        (RUNS, ROWS, WORKS, []),
        ([*RUNS, *run_of(1, 10.5)], ROWS, WORKS, []),
        ([*run_of(1, 10.0, "b"), *run_of(2, 9.0)], ROWS, WORKS, []),
        (RUNS, [row(0)], WORKS[:1], ["1 acknowledged and not stored"]),
        (RUNS, [*ROWS, row(7)], [*WORKS, Work(8, "a")], ["1 forgeries stored"]),
        (RUNS, [row(0), row(1, READY)], WORKS[:1], ["1 stored and not ended as done or dead"]),
        (RUNS, [row(0), row(1, DEAD, "ValueError")], WORKS[:1], ["1 dead without a reason"]),
        (RUNS, [row(0), row(1, DEAD, "6 attempts ended without a result")], WORKS[:1], []),
        (RUNS, ROWS, [*WORKS, Work(2, "a")], ["1 work committed two times"]),
        (RUNS, ROWS, WORKS[:1], ["1 done without work, or work without done"]),
        (RUNS, ROWS, WORKS[::-1], ["1 work committed out of order in a lane"]),
        ([*RUNS, *run_of(1, 12.0)], ROWS, WORKS, ["1 begun out of order in a lane"]),
    ],
)
def test_a_violated_guarantee_is_seen(
    notes: list[Note], stored: list[Row], works: list[Work], broken: list[str]
) -> None:
    messages = [Message(0, 0.1), Message(1, 0.1)]
    verdict = judge(notes, Sent(messages=2, handled={0, 1}), messages, stored, works, lease=LEASE)
    assert verdict.breaches == broken
