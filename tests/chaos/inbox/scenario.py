"""A run: a provider, four workers with an inbox, a database, and faults."""

from __future__ import annotations

import asyncio
import math
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import httpx2
from sqlalchemy.exc import SQLAlchemyError

from tests.chaos.faults import Breaker
from tests.chaos.inbox.apps import LANES, orders_beside
from tests.chaos.inbox.databases import DATABASES, Database
from tests.chaos.inbox.judgement import judge
from tests.chaos.inbox.kills import RECEIVING, KillOrders, Place
from tests.chaos.invariants import Verdict
from tests.chaos.ledger import Event, Ledger, Reading
from tests.chaos.messages import Message
from tests.chaos.provider import Provider, client_for
from tests.chaos.workers import Running, running

__all__ = ["InboxPlan", "inbox_storm"]

_LEASE = 2.0
_SHARE = 0.85  # the share of messages after which all faults have occurred
_LOOK_EVERY = 0.005
_SECONDS_TO_END = 180.0
_POISON_EVERY = 100
_FAILING = 0.03


@dataclass(frozen=True)
class InboxPlan:
    """The parameters of a run: the names of server and database, and the quantities."""

    server: str
    database: str
    messages: int
    kills: int
    outages: int
    seed: int
    lanes: int = 50
    at_once: int = 64


def inbox_storm(plan: InboxPlan) -> Verdict:
    """Deliver messages with faults, and check the guarantees. Raises `Unavailable` without the database."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, DATABASES[plan.database](plan.server) as its:
        scratch = Path(folder)
        orders_beside(scratch / "ledger").mkdir()
        settings = {LANES: str(plan.lanes)}
        with (
            running(plan.server, its.url, _LEASE, scratch, "tests.chaos.inbox.apps", settings) as workers,
            closing(Reading(workers.ledger)) as ledger,
        ):
            verdict = asyncio.run(_deliver(plan, its, workers, ledger))
    verdict.figures["seconds"] = round(time.monotonic() - start)
    return verdict


async def _deliver(plan: InboxPlan, its: Database, workers: Running, ledger: Reading) -> Verdict:
    random = Random(plan.seed)
    messages = _messages(random, plan.messages)
    breaker = Breaker(its.outages, plan.outages if its.outages else 0)
    async with client_for(workers.port) as client:
        course = _Course(_InboxProvider(client, messages, random, plan.at_once), ledger, its, plan.messages)
        async with asyncio.TaskGroup() as tasks:
            for work in (course.run(), _kill(course, workers, plan.kills), breaker.follow(course.provider)):
                tasks.create_task(work)
    ledger.go_on()
    sent = course.provider.sent
    verdict = judge(ledger.notes, sent, messages, its.rows(), its.works(), lease=_LEASE)
    killed = sum(note.event is Event.KILLED for note in ledger.notes)
    verdict.figures = {
        "workers killed": killed,
        "database restarts": len(breaker.happened),
        "lanes": plan.lanes,
    } | verdict.figures
    if killed < plan.kills or len(breaker.happened) < breaker.wanted:
        verdict.breaches.append(f"too few faults: {killed} kills, {len(breaker.happened)} restarts")
    return verdict


def _messages(random: Random, count: int) -> list[Message]:
    """Create messages. The handler of one in a hundred always fails."""
    return [
        Message(number, random.uniform(0.0, 0.04), 1.0 if number % _POISON_EVERY == 7 else _FAILING)
        for number in range(count)
    ]


class _InboxProvider(Provider):
    def _note_success(self, message: Message, answer: httpx2.Response) -> None:
        self.sent.handled.add(message.number)
        if answer.json() == {"result": "handled_before"}:
            self.sent.handled_before[message.number] += 1
        elif answer.status_code != 202:
            self.sent.wrong.append(f"{message.id}: {answer.status_code} {answer.text[:40]}")


class _Course:
    """The progress of a run."""

    def __init__(self, provider: Provider, ledger: Reading, database: Database, messages: int) -> None:
        self.provider = provider
        self.is_over = False
        self.killed = Counter[str]()
        self._ended = 0
        self._ledger = ledger
        self._database = database
        self._messages = messages

    async def run(self) -> None:
        """Send all messages, and wait until all entries have ended."""
        await self.provider.send_all()
        until = time.monotonic() + _SECONDS_TO_END
        while time.monotonic() < until and await asyncio.to_thread(self._is_busy):
            await asyncio.sleep(0.2)
        self.is_over = True

    def _is_busy(self) -> bool:
        with suppress(SQLAlchemyError):  # during an outage
            return self._database.unfinished() > 0
        return True

    def read(self) -> None:
        """Count the new lines of the ledger."""
        known = len(self._ledger.notes)
        self._ledger.go_on()
        for note in self._ledger.notes[known:]:
            self._ended += note.event is Event.ENDED
            if note.event is Event.KILLED:
                self.killed[note.token] += 1

    def share(self, place: Place) -> float:
        """Return the share of the messages that have passed by a place."""
        return self.provider.progress if place in RECEIVING else self._ended / self._messages


async def _kill(course: _Course, workers: Running, wanted: int) -> None:
    """Give orders to kill according to the progress, an equal number at each place."""
    kills = KillOrders(orders_beside(workers.ledger), Ledger(workers.ledger))
    each = math.ceil(wanted / len(Place))
    while not course.is_over:
        await asyncio.sleep(_LOOK_EVERY)
        course.read()
        pending = kills.pending()
        for place in Place:
            is_due = course.killed[place] < math.ceil(each * min(1.0, course.share(place) / _SHARE))
            if is_due and place not in pending:
                kills.give(place)
