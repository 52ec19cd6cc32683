"""The replay attack: the same body and headers, repeatedly, 64 at a time."""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import closing
from pathlib import Path

import httpx2

from tests.chaos.invariants import Verdict, claims_of
from tests.chaos.ledger import Reading
from tests.chaos.messages import Message
from tests.chaos.provider import Sent, client_for
from tests.chaos.stores import STORES
from tests.chaos.workers import running
from tests.integrations.sender import PATH

__all__ = ["replay"]

_AT_ONCE = 64
_LEASE = 60.0
_MESSAGE = Message(0, 0.05)
_ANSWERS = {200, 503}


def replay(server: str, store: str, times: int) -> Verdict:
    """Send one recorded delivery many times. Raises `Unavailable` without the store."""
    start = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as scratch,
        STORES[store](server) as shared,
        running(server, shared.url, _LEASE, Path(scratch)) as workers,
        closing(Reading(workers.ledger)) as ledger,
    ):
        sent = asyncio.run(_attack(workers.port, times))
        ledger.go_on()
        verdict = _judge(ledger, sent, times)
    verdict.figures["seconds"] = round(time.monotonic() - start)
    return verdict


async def _attack(port: int, times: int) -> Sent:
    sent, headers = Sent(), _MESSAGE.signed()

    async def send(client: httpx2.AsyncClient) -> None:
        while sent.attempts < times:
            sent.attempts += 1
            answer = await client.post(PATH, content=_MESSAGE.body, headers=headers)
            sent.answers[answer.status_code] += 1

    async with client_for(port) as client, asyncio.TaskGroup() as tasks:
        for _ in range(_AT_ONCE):
            tasks.create_task(send(client))
    return sent


def _judge(ledger: Reading, sent: Sent, times: int) -> Verdict:
    claims = claims_of(ledger.notes).values()
    handled = sum(claim.number is not None for claim in claims)
    completed = sum(claim.is_completed for claim in claims)
    wrong = sum(count for status, count in sent.answers.items() if status not in _ANSWERS)
    verdict = Verdict(
        {
            "sent": sent.attempts,
            "200 responses": sent.answers[200],
            "503 responses": sent.answers[503],
            "other responses": wrong,
            "handler runs": handled,
            "completed": completed,
        }
    )
    if (sent.attempts, handled, completed, wrong) != (times, 1, 1, 0):
        verdict.breaches.append(f"the handler must run exactly one time: {verdict.figures}")
    return verdict
