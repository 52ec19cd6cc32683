"""A run: a provider, four workers, a store, and faults."""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.chaos.faults import Breaker, Killer
from tests.chaos.invariants import Verdict, judge
from tests.chaos.ledger import Reading
from tests.chaos.messages import LEASE, messages_of
from tests.chaos.provider import Provider, client_for
from tests.chaos.stores import STORES, Shared
from tests.chaos.workers import Running, running

__all__ = ["Plan", "storm"]


@dataclass(frozen=True)
class Plan:
    """The parameters of a run: the names of server and store, and the quantities."""

    server: str
    store: str
    messages: int
    kills: int
    outages: int
    seed: int
    at_once: int = 64


def storm(plan: Plan) -> Verdict:
    """Deliver messages with faults, and check the guarantees. Raises `Unavailable` without the store."""
    start = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as scratch,
        STORES[plan.store](plan.server) as shared,
        running(plan.server, shared.url, LEASE, Path(scratch)) as workers,
        closing(Reading(workers.ledger)) as ledger,
    ):
        verdict = asyncio.run(_deliver(plan, shared, workers, ledger))
    verdict.figures["seconds"] = round(time.monotonic() - start)
    return verdict


async def _deliver(plan: Plan, shared: Shared, workers: Running, ledger: Reading) -> Verdict:
    random = Random(plan.seed)
    messages = messages_of(random, plan.messages)
    killer = Killer(workers, ledger, plan.kills, random)
    breaker = Breaker(shared.outages, plan.outages)
    async with client_for(workers.port) as client:
        provider = Provider(client, messages, random, plan.at_once)
        async with asyncio.TaskGroup() as tasks:
            for work in (provider.send_all(), killer.follow(provider), breaker.follow(provider)):
                tasks.create_task(work)
    ledger.go_on()
    verdict = judge(
        ledger.notes,
        provider.sent,
        messages,
        lease=LEASE,
        killed=killer.killed,
        on_disk=shared.completions(),
    )
    _add_faults(verdict, plan, killer, breaker)
    return verdict


def _add_faults(verdict: Verdict, plan: Plan, killer: Killer, breaker: Breaker) -> None:
    """Add the faults to the figures. Too few of them would prove nothing."""
    faults = {
        "workers killed": len(killer.killed),
        "workers killed during a handler": killer.in_handler,
        "store outages": len(breaker.happened),
    }
    verdict.figures = faults | verdict.figures
    if killer.in_handler < plan.kills or len(breaker.happened) < plan.outages:
        verdict.breaches.append(f"too few faults: {faults}")
