"""Calls of the Svix API, compared with ``svix`` and a bare httpx2 call, and the cost of the import.

A server in a separate process on loopback returns prepared bytes. The contenders, sync and async, take turns
in short rounds in this process, and ratios are computed within a round. Listing reads a page of 250
endpoints. Creating a message sends the same body; the bare call sends the same headers and does not check
the response. In contrast to other sections, the garbage collector stays on, because it is part of the cost
of a call. Imports are measured as in `benchmarks.imports`.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from time import perf_counter_ns
from typing import Any

import httpx2
import msgspec
import svix.api as peer
from rich.console import Console
from rich.table import Table

from benchmarks._api_server import ENDPOINTS
from benchmarks._measure import Series, Target
from benchmarks.imports import BARE, milliseconds
from webhook_verify.api.svix import AsyncSvix, MessageIn, Svix

ROUNDS = 25
CALLS = 40
IMPORT_ROUNDS = 9
TIMES_THE_CALLS_OF_SVIX = 2.0
MAX_RATIO_TO_BARE = 1.25
TIMES_LESS_THAN_IMPORT_SVIX = 2.5

_PAYLOAD = {"type": "invoice.paid", "customer": "Zoë", "amount": 4200, "currency": "eur"}
_MESSAGE = MessageIn(event_type="invoice.paid", payload=_PAYLOAD)
_BODY = msgspec.json.encode(_MESSAGE)
_HEADERS = {
    "authorization": "Bearer t0k3n",
    "accept": "application/json",
    "user-agent": "webhook-verify/0.1.0 python/3.11.7",
    "content-type": "application/json",
    "idempotency-key": "5e2f1d0c-3b4a-4978-8a6b-1c2d3e4f5a6b",
    "svix-req-id": "12345678901234567890",
}
_IMPORTS = {BARE: "pass", "ours": "import webhook_verify.api.svix", "svix": "import svix"}


def run(console: Console) -> list[Target]:
    """Measure, print one table, and return the targets."""
    with _server() as url:
        measured = {"blocking": _blocking(url), "asyncio": asyncio.run(_asynchronous(url))}
    targets: list[Target] = []
    for world, series in measured.items():
        console.print(_table(world, series))
        targets += _targets(world, series)
    imports = _imported()
    cost = {name: imports.difference(name, BARE) for name in ("ours", "svix")}
    console.print(
        f"import time above the interpreter: ours {cost['ours']:.0f} ms, svix {cost['svix']:.0f} ms\n"
    )
    times_less = cost["svix"] / cost["ours"]
    return [*targets, Target("import svix / import ours", times_less, ">=", TIMES_LESS_THAN_IMPORT_SVIX)]


def _targets(world: str, series: Series) -> list[Target]:
    listing = series.ratio("list svix", "list ours")
    return [
        Target(f"list {ENDPOINTS} endpoints, {world}, times svix", listing, ">=", TIMES_THE_CALLS_OF_SVIX),
        Target(f"create message, {world} / bare", series.ratio("ours", "bare"), "<=", MAX_RATIO_TO_BARE),
        Target(f"create message, {world} / svix", series.ratio("ours", "svix"), "<", 1.0),
    ]


def _blocking(url: str) -> Series:
    with Svix("t0k3n", server_url=url) as ours, httpx2.Client() as bare:
        svix = peer.Svix("t0k3n", peer.SvixOptions(server_url=url))
        options, path = peer.EndpointListOptions(limit=ENDPOINTS), f"{url}/api/v1/app/acme/msg"
        calls: dict[str, Callable[[], Any]] = {
            "list ours": lambda: ours.endpoint.list("acme", limit=ENDPOINTS).first_page(),
            "list svix": lambda: svix.endpoint.list("acme", options),
            "ours": lambda: ours.message.create("acme", _MESSAGE),
            "svix": lambda: svix.message.create("acme", _peers_message()),
            "bare": lambda: bare.post(path, content=_BODY, headers=_HEADERS),
        }
        return asyncio.run(_measured({name: _awaited(call) for name, call in calls.items()}))


async def _asynchronous(url: str) -> Series:
    async with AsyncSvix("t0k3n", server_url=url) as ours, httpx2.AsyncClient() as bare:
        svix = peer.SvixAsync("t0k3n", peer.SvixOptions(server_url=url))
        options, path = peer.EndpointListOptions(limit=ENDPOINTS), f"{url}/api/v1/app/acme/msg"
        return await _measured(
            {
                "list ours": _repeated(lambda: ours.endpoint.list("acme", limit=ENDPOINTS).first_page()),
                "list svix": _repeated(lambda: svix.endpoint.list("acme", options)),
                "ours": _repeated(lambda: ours.message.create("acme", _MESSAGE)),
                "svix": _repeated(lambda: svix.message.create("acme", _peers_message())),
                "bare": _repeated(lambda: bare.post(path, content=_BODY, headers=_HEADERS)),
            }
        )


def _peers_message() -> peer.MessageIn:
    return peer.MessageIn(event_type="invoice.paid", payload=_PAYLOAD)


Slice = Callable[[], Awaitable[None]]


def _awaited(call: Callable[[], object]) -> Slice:
    async def slice_() -> None:
        for _ in range(CALLS):
            call()

    return slice_


def _repeated(call: Callable[[], Awaitable[object]]) -> Slice:
    async def slice_() -> None:
        for _ in range(CALLS):
            await call()

    return slice_


async def _measured(slices: dict[str, Slice]) -> Series:
    taken: dict[str, list[float]] = {name: [] for name in slices}
    for each in slices.values():  # warm-up
        await each()
    for _ in range(ROUNDS):
        for name, each in slices.items():
            start = perf_counter_ns()
            await each()
            taken[name].append((perf_counter_ns() - start) / CALLS)
    return Series(taken)


def _imported() -> Series:
    for statement in _IMPORTS.values():
        milliseconds(statement)
    taken: dict[str, list[float]] = {name: [] for name in _IMPORTS}
    for _ in range(IMPORT_ROUNDS):
        for name, statement in _IMPORTS.items():
            taken[name].append(milliseconds(statement))
    return Series(taken)


@contextmanager
def _server() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks._api_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def _table(world: str, series: Series) -> Table:
    title = f"Svix API, {world}: {ROUNDS} rounds of {CALLS} calls"
    table = Table("call", title=title, title_justify="left")
    table.add_column("us per call", justify="right")
    table.add_column("calls/s", justify="right")
    for name, rounds in series.rounds.items():
        median = statistics.median(rounds)
        title = name if name.startswith("list") else f"create message, {name}"
        table.add_row(title, f"{median / 1e3:.0f}", f"{1e9 / median:,.0f}")
    return table
