"""``python -m tests.soak [seconds]``: 64 concurrent senders, 5 % hostile, against real servers.

Each sender opens a connection, sends a request of `tests.integrations.contract`, reads the response and
begins again. Every response must be that of the contract. After a warm-up, the resident memory of the
server's processes is read every second, and the last tenth of the readings must be within 5 % of the first.
The exit status is 1 if a condition is violated.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.integrations.contract import ROWS
from tests.integrations.expected import ACCEPTED, NO_ANSWER, REFUSALS, But, Expected
from tests.integrations.sender import post
from tests.integrations.servers import SERVERS, Running, Server, running
from tests.integrations.wire import Sending

SENDERS = 64
HOSTILE = 0.05
SECONDS = 60.0
WARM_UP = 10.0
GROWTH = 0.05
APPS = ("starlette", "flask", "django")
SMALL = 4_096
_PATIENCE = 30.0

Hostile = tuple[str, Callable[[], Sending], Expected]


@dataclass
class Tally:
    """The number of responses, and the unexpected ones."""

    answers: Counter[int] = field(default_factory=Counter[int])
    wrong: Counter[str] = field(default_factory=Counter[str])
    memory: list[int] = field(default_factory=list[int])

    def note(self, name: str, expected: Expected, status: int) -> None:
        self.answers[status] += 1
        if status != expected.status:
            self.wrong[f"{name}: {status} instead of {expected.status}"] += 1

    @property
    def growth(self) -> float:
        """Return the growth from the first tenth of the readings to the last."""
        tenth = max(1, len(self.memory) // 6)
        return statistics.mean(self.memory[-tenth:]) / statistics.mean(self.memory[:tenth]) - 1


async def soak(served: Running, seconds: float) -> Tally:
    tally, hostile = Tally(), list(_hostile(served.server))
    await _load(served.port, min(WARM_UP, seconds), hostile, Tally())
    await asyncio.gather(_load(served.port, seconds, hostile, tally), _watch(served.pid, seconds, tally))
    return tally


def _hostile(server: Server) -> Iterator[Hostile]:
    """Return hostile requests, some of them incomplete, and the expected responses."""
    for row in ROWS:
        expected = row.expected_of(server.traits)
        if isinstance(expected, But) or expected not in (*REFUSALS, NO_ANSWER):
            continue
        sending = row.sending()
        # A client that continues to send after a rejection may be disconnected before it reads the response.
        if sending.hangs_up or not (sending.pieces or len(sending.head) > SMALL):
            yield row.name, row.sending, expected


async def _load(port: int, seconds: float, hostile: list[Hostile], tally: Tally) -> None:
    until = time.monotonic() + seconds
    await asyncio.gather(*(_sender(port, until, hostile, tally) for _ in range(SENDERS)))


async def _sender(port: int, until: float, hostile: list[Hostile], tally: Tally) -> None:
    while time.monotonic() < until:
        is_hostile = random.random() < HOSTILE
        name, make, expected = random.choice(hostile) if is_hostile else ("genuine", post, ACCEPTED)
        tally.note(name, expected, await _status(port, make()))


async def _status(port: int, sending: Sending) -> int:
    """Return the status of the response, 0 without a response, or -1 after a timeout."""
    received = b""
    with suppress(ConnectionError):
        try:
            async with asyncio.timeout(_PATIENCE):
                received = await _first_line(port, sending)
        except TimeoutError:
            return -1
    return int(received.split(b" ")[1]) if received else 0


async def _first_line(port: int, sending: Sending) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in (sending.head, *sending.pieces):
            writer.write(piece)
            await writer.drain()
        if sending.ends:
            writer.write_eof()
        if sending.hangs_up:
            return b""
        line = await reader.readline()
        if line.startswith(b"HTTP/1.1 100"):
            while line.strip():
                line = await reader.readline()
            line = await reader.readline()
        await reader.read()
        return line
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _watch(pid: int, seconds: float, tally: Tally) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        tally.memory.append(sum(map(_resident, [pid, *_children(pid)])))
        await asyncio.sleep(1)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _resident(pid: int) -> int:
    """Return the resident memory of a process, in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def report(server: Server, tally: Tally, seconds: float) -> bool:
    """Print a summary and each kind of wrong response, and return whether all were correct."""
    rate = tally.answers.total() / seconds
    statuses = " ".join(f"{status}:{count}" for status, count in sorted(tally.answers.items()))
    memory = f"memory {tally.memory[-1] / 1024:.1f} MB {tally.growth:+.1%}"
    print(f"{server!s:24} {rate:7.0f}/s  {statuses}  {memory}")
    for wrong, count in tally.wrong.most_common():
        print(f"{'':24} WRONG {count} x {wrong}")
    return not tally.wrong and tally.growth <= GROWTH


def main(seconds: float) -> int:
    fine = []
    for server in SERVERS:
        if server.app in APPS and server.is_there:
            with tempfile.TemporaryDirectory() as scratch, running(server, Path(scratch)) as served:
                fine.append(report(server, asyncio.run(soak(served, seconds)), seconds))
    return 0 if fine and all(fine) else 1


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if sys.argv[1:] else SECONDS))
