"""``python -m tests.chaos``: test the guarantees of replay guards and inboxes under faults (minutes).

Prints the figures, and exits with status 1 if a guarantee was violated.
"""

from __future__ import annotations

import argparse
import secrets
import signal
import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Column, Table

from tests.chaos.attack import replay
from tests.chaos.commits import GROUPS, commit_faults
from tests.chaos.inbox.scenario import InboxPlan, inbox_storm
from tests.chaos.invariants import Verdict
from tests.chaos.scenario import Plan, storm
from tests.chaos.workers import SERVERS

MESSAGES, KILLS, OUTAGES = 2_000, 200, 6
REPLAYS = 10_000
COMMITS = 2_000
LANES = 50
_WIDTH = 110
STORM_STORES = ("redis", "postgres")
ATTACK_STORES = ("redis", "postgres", "sqlite")
INBOX_DATABASES = ("sqlite", "postgres")


def main(arguments: argparse.Namespace) -> int:
    console = Console()
    console.width = max(console.width, _WIDTH)  # also of a log
    seed = arguments.seed
    console.print(f"seed {seed}")

    def weather(server: str, store: str) -> Verdict:
        return storm(Plan(server, store, arguments.messages, arguments.kills, arguments.outages, seed))

    def attack(server: str, store: str) -> Verdict:
        return replay(server, store, arguments.replays)

    def inbox(server: str, database: str) -> Verdict:
        return inbox_storm(
            InboxPlan(
                server,
                database,
                arguments.messages,
                arguments.kills,
                arguments.outages,
                seed,
                arguments.lanes,
            )
        )

    broken = _play(console, "Faults", weather, STORM_STORES, arguments.only)
    broken += _play(console, "Replay attack", attack, ATTACK_STORES, arguments.only)
    broken += _play(console, "Inbox", inbox, INBOX_DATABASES, arguments.only)
    broken += _commits(console, arguments.commits, seed, arguments.only)
    for breach in broken:
        console.print(f"BROKEN {breach}", style="red", markup=False)
    return 1 if broken else 0


def _play(
    console: Console, title: str, run: Callable[[str, str], Verdict], stores: tuple[str, ...], only: str
) -> list[str]:
    """Run on each server and store, and print the table and the violations."""
    verdicts: dict[str, Verdict] = {}
    for server in SERVERS:
        for store in stores:
            name = f"{server} {store}"
            if only in f"{title} {name}".lower():
                verdicts[name] = run(server, store)
                console.print(f"{title}, {name}: {verdicts[name].figures['seconds']} s")
    console.print(_table(title, verdicts))
    return [f"{name}: {breach}" for name, verdict in verdicts.items() for breach in verdict.breaches]


def _commits(console: Console, messages: int, seed: int, only: str) -> list[str]:
    """Run with random commit failures, with the messages distributed over the applications of all groups."""
    shapes = sum(count for count, _ in GROUPS.values())
    verdicts = {
        name: commit_faults(name, messages * count // shapes + 1, seed)
        for name, (count, _) in GROUPS.items()
        if only in f"commits {name}"
    }
    console.print(_table("Failing commits", verdicts))
    return [f"commits, {name}: {breach}" for name, verdict in verdicts.items() for breach in verdict.breaches]


def _table(title: str, verdicts: dict[str, Verdict]) -> Table:
    table = Table(Column(no_wrap=True), title=title)
    for name in verdicts:
        table.add_column(name, justify="right")
    for figure in next(iter(verdicts.values())).figures if verdicts else ():
        table.add_row(figure, *(f"{verdict.figures[figure]:,}" for verdict in verdicts.values()))
    return table


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--kills", type=int, default=KILLS, help="in a handler, or at five places")
    parser.add_argument("--outages", type=int, default=OUTAGES)
    parser.add_argument("--lanes", type=int, default=LANES, help="of the inbox")
    parser.add_argument("--replays", type=int, default=REPLAYS)
    parser.add_argument("--commits", type=int, default=COMMITS, help="messages whose commits fail at random")
    parser.add_argument("--only", default="", help="runs whose name has this in it, such as uvicorn or inbox")
    return parser.parse_args()


if __name__ == "__main__":
    # Both end like Ctrl-C, so that the servers are stopped. In a script, background jobs ignore SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    sys.exit(main(_arguments()))
