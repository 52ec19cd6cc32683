"""The checker detects the violation of each guarantee: one record of a correct run is changed at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.chaos.invariants import Why, judge
from tests.chaos.ledger import Event, Note
from tests.chaos.messages import Message
from tests.chaos.provider import Sent
from tests.chaos.stores import Completions

LEASE = 1.0
KEY = "key"
FIRST, SECOND = 1, 2  # the processes, each of which has the token that is called like it


def claim(pid: int, at: float, event: Event = Event.CLAIMED, number: int = 0) -> list[Note]:
    return [
        Note(at, pid, event, str(pid), (f"{at - 0.001}", KEY)),
        Note(at + 0.001, pid, Event.BEGUN, str(pid), (str(number),)),
    ]


def then(pid: int, at: float, *events: Event) -> list[Note]:
    return [Note(at, pid, event, str(pid)) for event in events]


def handled(pid: int, at: float, event: Event = Event.CLAIMED) -> list[Note]:
    return claim(pid, at, event) + then(pid, at + 0.1, Event.ENDED, Event.COMPLETING, Event.COMPLETED)


@dataclass
class Run:
    """By default one message that was handled once, and its duplicate."""

    notes: list[Note] = field(default_factory=lambda: handled(FIRST, 10.0))
    sent: Sent = field(default_factory=lambda: Sent(messages=1, handled={0}, handled_before=Counter({0: 1})))
    killed: set[int] = field(default_factory=set[int])
    on_disk: Completions = field(default_factory=lambda: {KEY: {str(FIRST)}})


def verdict_on(run: Run) -> tuple[dict[str, int], list[str]]:
    messages = [Message(0, 0.1)]
    verdict = judge(run.notes, run.sent, messages, lease=LEASE, killed=run.killed, on_disk=run.on_disk)
    return verdict.figures, verdict.breaches


def ended(*events: Event) -> list[Note]:
    """A handling that ran to its end and what came of it, and then one that was completed."""
    return [
        *claim(FIRST, 10.0),
        *then(FIRST, 10.5, Event.ENDED, *events),
        *handled(SECOND, 11.2, Event.TAKEN_OVER),
    ]


SECOND_ON_DISK: Completions = {KEY: {str(SECOND)}}

KEPT: dict[str, Run] = {
    "handled once": Run(),
    "killed in the handler": Run(
        claim(FIRST, 10.0) + handled(SECOND, 11.2, Event.TAKEN_OVER), killed={FIRST}, on_disk=SECOND_ON_DISK
    ),
    "released and handled at once": Run(
        claim(FIRST, 10.0) + then(FIRST, 10.1, Event.RELEASING) + handled(SECOND, 10.2),
        on_disk=SECOND_ON_DISK,
    ),
    "killed between the completion and its note": Run(
        claim(FIRST, 10.0) + then(FIRST, 10.1, Event.ENDED, Event.COMPLETING), killed={FIRST}
    ),
    "the store hung, and who came first is not known": Run(
        [
            Note(12.501, FIRST, Event.CLAIMED, str(FIRST), ("10.0", KEY)),
            *handled(SECOND, 12.5, Event.TAKEN_OVER),
        ],
        on_disk=SECOND_ON_DISK,
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_law_that_was_kept_is_not_called_broken(name: str) -> None:
    assert verdict_on(KEPT[name])[1] == []


BROKEN: dict[str, tuple[Run, str]] = {
    "only begun": (Run(claim(FIRST, 10.0)), "1 messages never handled"),
    "marked and never run": (Run([]), "1 messages never handled"),
    "given up": (Run(sent=Sent(given_up=[0])), "1 deliveries without a 2xx response"),
    "completed by two, as they were told": (
        Run(handled(FIRST, 10.0) + handled(SECOND, 12.0)),
        "1 messages completed more than once",
    ),
    "completed by two, one of which died before its note": (
        Run(on_disk={KEY: {str(FIRST), str(SECOND)}}),
        "1 messages completed more than once",
    ),
    "forgotten by the store": (Run(on_disk={}), "1 completions lost by the store"),
    "claimed by two": (
        Run(claim(FIRST, 10.0) + handled(SECOND, 10.5), killed={FIRST}, on_disk=SECOND_ON_DISK),
        "1 claims granted during another lease",
    ),
    "taken over although it was extended": (
        Run(
            [
                *claim(FIRST, 10.0),
                Note(10.9, FIRST, Event.EXTENDED, str(FIRST), ("10.9",)),
                *handled(SECOND, 11.2, Event.TAKEN_OVER),
            ],
            on_disk=SECOND_ON_DISK,
        ),
        "1 claims granted during another lease",
    ),
    "released only afterwards": (
        Run(
            claim(FIRST, 10.0) + handled(SECOND, 10.2) + then(FIRST, 10.4, Event.RELEASING),
            on_disk=SECOND_ON_DISK,
        ),
        "1 claims granted during another lease",
    ),
    "ended twice for no reason": (
        Run(ended(), on_disk=SECOND_ON_DISK),
        "1 finished handler runs without a reason",
    ),
    "released after it had ended": (
        Run(ended(Event.RELEASING), killed={FIRST}, on_disk=SECOND_ON_DISK),
        "1 finished handler runs without a reason",
    ),
    "a forgery": (Run(handled(FIRST, 10.0) + claim(SECOND, 11.2, number=-1)), "1 forgeries handled"),
    "refused": (Run(sent=Sent(wrong=["msg_0: 401"])), "1 wrong responses"),
    "called handled before": (
        Run(claim(FIRST, 10.0) + then(FIRST, 10.1, Event.ENDED, Event.COMPLETING, Event.UNHEARD), on_disk={}),
        "1 messages reported as duplicates but not completed",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_law_that_was_broken_is_seen(name: str) -> None:
    run, breach = BROKEN[name]

    assert breach in verdict_on(run)[1]


REASONS: dict[str, tuple[Callable[[], list[Note]], set[int], Why]] = {
    "killed": (lambda: ended(Event.COMPLETING), {FIRST}, Why.KILLED),
    "store away": (lambda: ended(Event.COMPLETING, Event.UNHEARD), set(), Why.UNHEARD),
    "late": (lambda: ended(Event.COMPLETING, Event.REFUSED), set(), Why.LATE),
}


@pytest.mark.parametrize("name", REASONS)
def test_a_second_ended_handling_has_its_reason(name: str) -> None:
    notes, killed, why = REASONS[name]

    figures, breaches = verdict_on(Run(notes(), killed=killed, on_disk=SECOND_ON_DISK))

    assert breaches == []
    assert figures["messages with two finished handler runs"] == 1
    assert figures[f"  of those runs, {why}"] == 1
