"""``python -m benchmarks [--strict] [section ...]``: run the sections, then print all bars in one table.

Without a section all of them run, in about eight minutes. The exit code is 0 whatever the bars
say, for a busy machine proves nothing; with ``--strict`` it is 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import ssl
import time
from typing import Protocol, cast

from rich.console import Console
from rich.table import Table

from benchmarks._measure import Bar

_SECTIONS = (
    "verify",
    "reject",
    "diagnosis",
    "worst",
    "providers",
    "events",
    "imports",
    "memory",
    "adapters",
    "calls",
    "guarded",
    "replay",
    "replay_sql",
    "api",
)


class _Section(Protocol):
    def run(self, console: Console) -> list[Bar]: ...


def main() -> int:
    """Run the sections that were asked for; the exit code."""
    options = _options()
    console = Console(width=None if os.isatty(1) else 110)
    console.print(f"{_machine()}\n{_load()} at the start\n", highlight=False)
    bars: list[Bar] = []
    for name in options.sections or _SECTIONS:
        start = time.monotonic()
        section = cast("_Section", importlib.import_module(f"benchmarks.{name}"))
        bars += section.run(console)
        console.print(f"[dim]{name} took {time.monotonic() - start:.0f} s[/]\n", highlight=False)
    console.print(_summary(bars))
    missed = [bar for bar in bars if not bar.reached]
    console.print(f"{len(bars) - len(missed)} of {len(bars)} bars reached; {_load()} at the end")
    return 1 if missed and options.strict else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Side by side with the peers.")
    parser.add_argument(
        "sections", nargs="*", metavar="section", help=f"of {', '.join(_SECTIONS)}; default: all"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a bar is missed")
    options = parser.parse_args()
    for name in options.sections:
        if name not in _SECTIONS:
            parser.error(f"no section is named {name!r}; there are: {', '.join(_SECTIONS)}")
    return options


def _machine() -> str:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    return f"{python}, {ssl.OPENSSL_VERSION}, {machine}"


def _load() -> str:
    """How busy the machine is, with this run and with others: durations are to be read with it."""
    return f"load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load average unknown"


def _summary(bars: list[Bar]) -> Table:
    table = Table("bar", title="all bars", title_justify="left")
    table.add_column("figure", justify="right")
    table.add_column("wanted", justify="right")
    table.add_column("reached or not")
    for bar in bars:
        figure, wanted = f"{bar.figure:.3f} {bar.unit}", f"{bar.relation} {bar.limit:g} {bar.unit}"
        table.add_row(bar.name, figure.rstrip(), wanted.rstrip(), bar.mark)
    return table


if __name__ == "__main__":
    raise SystemExit(main())
