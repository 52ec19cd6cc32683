"""Requests a second through the ASGI middleware, against the same application without it.

Three uvicorn servers, each its own process on a free port of the loopback interface, run the same
Starlette application (:mod:`benchmarks._server`): one verifies nothing, one is protected by
``WebhookMiddleware``, one verifies with svix by hand. A client in this process sends signed requests
of 1 kB over 16 keep-alive connections, one under way on each. The servers take turns in short rounds,
the idle ones waiting; ratios are taken within a round. How busy the client was is printed, too: as
long as it is well below 100 %, it is the servers that are measured.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console
from rich.table import Table

from benchmarks._deliveries import SECRET, event
from benchmarks._load import Load, load
from benchmarks._measure import Bar, Series
from benchmarks._server import ACCEPTED, HANDLERS, PATH
from webhook_verify import Signer

BODY_SIZE = 1_000
CONNECTIONS = 16
ROUNDS = 14
SECONDS = 1.0
LEAST_OF_NOTHING = 0.90

_TITLES = {
    "nothing": "reads the body, verifies nothing",
    "middleware": "WebhookMiddleware, ours",
    "by-hand": "svix in the handler, by hand",
}


def run(console: Console) -> list[Bar]:
    """Start the servers, measure, print one table, and give back the bars."""
    with ExitStack() as running:
        ports = {name: running.enter_context(_server(name)) for name in HANDLERS}
        rounds = asyncio.run(_measured(ports))
    series = Series({name: [each.per_second for each in loads] for name, loads in rounds.items()})
    console.print(_table(series, rounds))
    return [
        Bar(
            "middleware / nothing, requests/s", series.ratio("middleware", "nothing"), ">=", LEAST_OF_NOTHING
        ),
        Bar("middleware / svix by hand", series.ratio("middleware", "by-hand"), ">", 1.0),
    ]


@contextmanager
def _server(name: str) -> Iterator[int]:
    """A server in its own process; its port. It is terminated at the end, whatever happens."""
    command = [sys.executable, "-m", "benchmarks._server", name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()


async def _measured(ports: dict[str, int]) -> dict[str, list[Load]]:
    requests = _requests()
    rounds: dict[str, list[Load]] = {name: [] for name in ports}
    for port in ports.values():  # to warm up
        await _one_round(port, requests, 0.5)
    for _ in range(ROUNDS):
        for name, port in ports.items():
            rounds[name].append(await _one_round(port, requests, SECONDS))
    return rounds


async def _one_round(port: int, requests: list[bytes], seconds: float) -> Load:
    return await load(port, requests, ACCEPTED.encode(), connections=CONNECTIONS, seconds=seconds)


def _requests() -> list[bytes]:
    """Whole requests, signed now, each with an id of its own."""
    body = event(BODY_SIZE, "utf-8")
    signer = Signer(SECRET)
    return [_request(body, signer.sign(body)) for _ in range(8 * CONNECTIONS)]


def _request(body: bytes, signed: dict[str, str]) -> bytes:
    headers = {
        "host": "127.0.0.1",
        "user-agent": "Svix-Webhooks/1.71.0",
        "accept": "*/*",
        "content-type": "application/json",
        "content-length": str(len(body)),
        **signed,
    }
    lines = [f"POST {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def _table(series: Series, rounds: dict[str, list[Load]]) -> Table:
    title = f"middleware: requests a second, medians of {ROUNDS} rounds of {SECONDS:g} s"
    table = Table("application", title=title, title_justify="left")
    for column in ("requests/s", "of the first", "us a request", "client busy"):
        table.add_column(column, justify="right")
    for name, loads in rounds.items():
        median = series.median(name)
        busy = sum(each.client_busy for each in loads) / len(loads)
        ratio = series.ratio(name, "nothing")
        table.add_row(_TITLES[name], f"{median:,.0f}", f"{ratio:.3f}", f"{1e6 / median:.0f}", f"{busy:.0%}")
    return table
