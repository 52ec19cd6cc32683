"""Requests per second of each adapter, compared with a bare route and with svix in the handler.

Each adapter has three servers (`benchmarks._apps`) in separate processes on loopback: a route without
verification, the same route with our adapter, and the same route with svix in its handler. A client in this
process sends signed requests of 1 kB over 16 keep-alive connections, one at a time on each. The three take
turns in short rounds, and ratios are computed within a round. The table also contains the CPU share of the
client. While it is well below 100 %, the servers are the bottleneck.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

from rich.console import Console
from rich.table import Table

from benchmarks._apps import ASGI, WAYS, WSGI
from benchmarks._load import Load
from benchmarks._measure import Series, Target
from benchmarks._served import CONNECTIONS, one_round, server, signed_requests

ROUNDS = 12
SECONDS = 0.5
MIN_RATIO_TO_BARE = 0.90

_Rounds = dict[str, list[Load]]


def run(console: Console) -> list[Target]:
    """Measure each adapter, print one table, and return the targets."""
    title = f"adapters: requests per second, medians of {ROUNDS} rounds of {SECONDS:g} s"
    table = Table("adapter", "way", title=title, title_justify="left")
    for column in ("requests/s", "relative to bare", "us per request", "client busy"):
        table.add_column(column, justify="right")
    targets: list[Target] = []
    for adapter in (*ASGI, *WSGI):
        with ExitStack() as running:
            ports = {way: running.enter_context(server(adapter, way)) for way in WAYS}
            rounds = asyncio.run(_measured(ports))
        series = Series({way: [each.per_second for each in loads] for way, loads in rounds.items()})
        _add_rows(table, adapter, series, rounds)
        targets += [
            Target(
                f"{adapter}: ours / bare, requests/s", series.ratio("ours", "bare"), ">=", MIN_RATIO_TO_BARE
            ),
            Target(f"{adapter}: ours / svix in the handler", series.ratio("ours", "svix"), ">=", 1.0),
        ]
    console.print(table)
    return targets


async def _measured(ports: dict[str, int]) -> _Rounds:
    requests = signed_requests(8 * CONNECTIONS)
    rounds: _Rounds = {way: [] for way in ports}
    for port in ports.values():  # warm-up
        await one_round(port, requests, 1)
    for _ in range(ROUNDS):
        for way, port in ports.items():
            rounds[way].append(await one_round(port, requests, SECONDS))
    return rounds


def _add_rows(table: Table, adapter: str, series: Series, rounds: _Rounds) -> None:
    for way, loads in rounds.items():
        median = series.median(way)
        busy = sum(each.client_busy for each in loads) / len(loads)
        of_bare = f"{series.ratio(way, 'bare'):.3f}"
        table.add_row(adapter, way, f"{median:,.0f}", of_bare, f"{1e6 / median:.0f}", f"{busy:.0%}")
    table.add_section()
