"""The faults during a run: killed workers, and an unavailable store.

The number of faults depends on the progress of the run, so that a slow machine does not have more of them at
the same time than a fast one.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from tests.chaos.ledger import Reading
from tests.chaos.provider import Provider
from tests.chaos.stores import Outage
from tests.chaos.workers import Running

__all__ = ["Breaker", "Killer"]

_SHARE = 0.85  # the share of messages after which all faults have occurred
_LOOK_EVERY = 0.005
_MOMENT = 0.03


@dataclass
class Killer:
    """Kills workers until ``wanted`` of them were killed in the middle of a handler."""

    workers: Running
    ledger: Reading
    wanted: int
    random: Random
    killed: set[int] = field(default_factory=set[int])
    in_handler: int = 0

    async def follow(self, provider: Provider) -> None:
        """Kill workers according to the progress, until all messages are done."""
        while provider.progress < 1:
            await asyncio.sleep(_LOOK_EVERY)
            self.ledger.go_on()
            if self.in_handler < math.ceil(self.wanted * min(1.0, provider.progress / _SHARE)):
                await self._kill_one()

    async def _kill_one(self) -> None:
        busy = sorted(self.ledger.running() & self.workers.pids())
        if not busy:
            return
        pid = self.random.choice(busy)
        # Some time after the start of the handler, which may have ended, or be completing the claim.
        await asyncio.sleep(_MOMENT * self.random.random())
        if pid not in self.workers.pids():
            return
        self.workers.kill(pid)
        self.killed.add(pid)
        await self._until_gone(pid)
        self.ledger.go_on()
        self.in_handler += self.ledger.forget(pid)

    async def _until_gone(self, pid: int) -> None:
        while pid in self.workers.pids():
            await asyncio.sleep(_LOOK_EVERY)


@dataclass
class Breaker:
    """Makes the store unavailable ``wanted`` times, by each kind of outage in turn."""

    outages: Sequence[Outage]
    wanted: int
    happened: list[str] = field(default_factory=list[str])

    async def follow(self, provider: Provider) -> None:
        """Begin an outage after each equal share of the messages."""
        for number in range(self.wanted):
            while provider.progress < _SHARE * (number + 0.5) / self.wanted:
                await asyncio.sleep(_LOOK_EVERY)
            await self._break(self.outages[number % len(self.outages)])

    async def _break(self, outage: Outage) -> None:
        await asyncio.to_thread(outage.begin)
        await asyncio.sleep(outage.seconds)
        await asyncio.to_thread(outage.end)
        self.happened.append(outage.name)
