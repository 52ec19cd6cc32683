"""``python -m benchmarks [--strict] [section ...]``: run sections, and print all targets in one table.

Without a section, all of them run, in about eight minutes. The exit code is 0 even if a target is missed,
because a busy machine proves nothing. With ``--strict`` it is 1 in that case.
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

from benchmarks._measure import Target

_SECTIONS = (
    "verify",
    "reject",
    "diagnosis",
    "worst",
    "providers",
    "tokens",
    "events",
    "imports",
    "memory",
    "adapters",
    "calls",
    "message_signatures",
    "guarded",
    "replay",
    "replay_sql",
    "inbox",
    "api",
)


class _Section(Protocol):
    def run(self, console: Console) -> list[Target]: ...


def main() -> int:
    """Run the selected sections, and return the exit code."""
    options = _options()
    console = Console(width=None if os.isatty(1) else 110)
    console.print(f"{_machine()}\n{_load()} at the start\n", highlight=False)
    targets: list[Target] = []
    for name in options.sections or _SECTIONS:
        start = time.monotonic()
        section = cast("_Section", importlib.import_module(f"benchmarks.{name}"))
        targets += section.run(console)
        console.print(f"[dim]{name} took {time.monotonic() - start:.0f} s[/]\n", highlight=False)
    console.print(_summary(targets))
    missed = [target for target in targets if not target.reached]
    console.print(f"{len(targets) - len(missed)} of {len(targets)} targets reached; {_load()} at the end")
    return 1 if missed and options.strict else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Compare this library with others."
    )
    parser.add_argument(
        "sections", nargs="*", metavar="section", help=f"one of {', '.join(_SECTIONS)}; default: all"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a target is missed")
    options = parser.parse_args()
    for name in options.sections:
        if name not in _SECTIONS:
            parser.error(f"unknown section {name!r}; expected one of {', '.join(_SECTIONS)}")
    return options


def _machine() -> str:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs"
    return f"{python}, {ssl.OPENSSL_VERSION}, {machine}"


def _load() -> str:
    """Return the load of the machine, which helps to judge the durations."""
    return f"load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load average unknown"


def _summary(targets: list[Target]) -> Table:
    table = Table("measurement", title="all targets", title_justify="left")
    table.add_column("figure", justify="right")
    table.add_column("target", justify="right")
    table.add_column("result")
    for target in targets:
        figure, limit = (
            f"{target.figure:.3f} {target.unit}",
            f"{target.relation} {target.limit:g} {target.unit}",
        )
        table.add_row(target.name, figure.rstrip(), limit.rstrip(), target.mark)
    return table


if __name__ == "__main__":
    raise SystemExit(main())
