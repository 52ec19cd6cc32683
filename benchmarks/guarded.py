"""The cost of replay protection with the memory store for a route, in requests per second.

The method is that of `benchmarks.adapters`, with Starlette under uvicorn and Flask under gunicorn behind
their adapters. ``ours`` verifies, and ``guarded`` also claims and completes. ``dict`` is a minimum for
comparison: it looks up the id in a dict and stores it, without a lock, lease, bound or release. Every request
has its own message id and is signed before the round.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

from rich.console import Console
from rich.table import Table

from benchmarks._load import Load
from benchmarks._measure import Series, Target
from benchmarks._served import CONNECTIONS, one_round, server, signed_requests

ADAPTERS = ("starlette", "flask")
WAYS = ("ours", "guarded", "dict")
ROUNDS = 12
SECONDS = 0.5
MAX_REQUESTS_PER_SECOND = 16_000
MIN_RATIO_TO_UNGUARDED = 0.95


def run(console: Console) -> list[Target]:
    """Measure, print the table, and return the targets."""
    title = f"guarded: requests per second, medians of {ROUNDS} rounds of {SECONDS:g} s"
    table = Table("adapter", "way", title=title, title_justify="left")
    for column in ("requests/s", "relative to ours", "additional us", "client busy"):
        table.add_column(column, justify="right")
    targets: list[Target] = []
    for adapter in ADAPTERS:
        with ExitStack() as running:
            ports = {way: running.enter_context(server(adapter, way)) for way in WAYS}
            loads = asyncio.run(_measured(ports))
        series = Series({way: [each.per_second for each in loads[way]] for way in WAYS})
        _add_rows(table, adapter, series, loads)
        ratio = series.ratio("guarded", "ours")
        targets.append(Target(f"{adapter}: guarded / ours, requests/s", ratio, ">=", MIN_RATIO_TO_UNGUARDED))
    console.print(table)
    return targets


async def _measured(ports: dict[str, int]) -> dict[str, list[Load]]:
    loads: dict[str, list[Load]] = {way: [] for way in ports}
    for port in ports.values():  # warm-up
        await one_round(port, _requests(1), 1)
    for number in range(ROUNDS):
        order = list(ports.items())
        for way, port in order[number % 3 :] + order[: number % 3]:
            loads[way].append(await one_round(port, _requests(SECONDS), SECONDS))
    return loads


def _requests(seconds: float) -> list[bytes]:
    """More requests than the server can handle in that time, so that none is sent again."""
    return signed_requests(round(MAX_REQUESTS_PER_SECOND * seconds) // CONNECTIONS * CONNECTIONS)


def _add_rows(table: Table, adapter: str, series: Series, loads: dict[str, list[Load]]) -> None:
    for way in WAYS:
        median = series.median(way)
        more = 1e6 / median - 1e6 / series.median("ours")
        busy = sum(each.client_busy for each in loads[way]) / len(loads[way])
        of_ours = f"{series.ratio(way, 'ours'):.3f}"
        table.add_row(adapter, way, f"{median:,.0f}", of_ours, f"{more:.1f}", f"{busy:.0%}")
    table.add_section()
