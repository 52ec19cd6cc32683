"""The import time for a new process, such as a serverless function or a command.

New interpreters run only ``import x``, one for each contender in turn, and are measured from start to exit.
The cost of a module is the difference to the bare interpreter of the same round. The bytecode is compiled
before. Another interpreter lists the third-party modules that ``import webhook_verify`` loads: none is
allowed.

pytest loads every installed plugin, even if it is not used. The duration of its start varies, so the cost of
our plugin is measured inside of new processes: pytest lists the files of the package, imports the plugin, and
registers its fixtures.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from time import perf_counter_ns

from rich.console import Console
from rich.table import Table

from benchmarks._measure import Series, Target

ROUNDS = 25
MILLISECONDS = 15.0
TIMES_LESS_THAN_SVIX = 15.0
PLUGIN_MILLISECONDS = 5.0

BARE = "bare interpreter"
OURS = "webhook_verify"
_STATEMENTS = {
    BARE: "pass",
    OURS: f"import {OURS}",
    "svix": "import svix",
    "standardwebhooks": "import standardwebhooks",
    "stripe": "import stripe",
}

# With one of these set, a new interpreter would compile again, or print a report.
_HINDERING = ("PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME", "PYTHONDEVMODE", "PYTHONOPTIMIZE")
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in _HINDERING}

# The bare interpreter already contains the modules that site loads at startup, such as for editable installs.
_LIST_THIRD_PARTY = f"""
import sys
before = set(sys.modules)
import {OURS}
tops = {{name.partition(".")[0] for name in set(sys.modules) - before}}
import json
print(json.dumps(sorted(tops - sys.stdlib_module_names - {{"{OURS}"}})))
"""

_LOAD_PLUGIN = """
from importlib.metadata import distribution
from time import perf_counter_ns
from _pytest.config import _iter_rewritable_modules, get_config
plugins = get_config(["-p", "no:cacheprovider"]).pluginmanager
installed = distribution("webhook-verify")
entry, = installed.entry_points.select(group="pytest11")
start = perf_counter_ns()
list(_iter_rewritable_modules(str(file) for file in installed.files or ()))
plugins.register(entry.load(), entry.name)
print((perf_counter_ns() - start) / 1e6)
"""


def run(console: Console) -> list[Target]:
    """Measure, print one table, and return the targets."""
    series = _measured()
    console.print(_table(series))
    third_party = _third_party()
    console.print(f"third-party modules that import {OURS} loads: {', '.join(third_party) or 'none'}\n")
    plugin = _plugin()
    console.print(
        f"the pytest plugin adds {plugin:.1f} ms to the start of pytest, median of {ROUNDS}\n",
        highlight=False,
    )
    cost = {name: series.difference(name, BARE) for name in series.rounds}
    return [
        Target(f"import {OURS}, above bare", cost[OURS], "<=", MILLISECONDS, "ms"),
        Target(f"import svix / import {OURS}", cost["svix"] / cost[OURS], ">=", TIMES_LESS_THAN_SVIX),
        Target("third-party modules imported", len(third_party), "<=", 0),
        Target("start of the pytest plugin", plugin, "<", PLUGIN_MILLISECONDS, "ms"),
    ]


def _measured() -> Series:
    for statement in _STATEMENTS.values():
        milliseconds(statement)
    taken: dict[str, list[float]] = {name: [] for name in _STATEMENTS}
    for _ in range(ROUNDS):
        for name, statement in _STATEMENTS.items():
            taken[name].append(milliseconds(statement))
    return Series(taken)


def milliseconds(statement: str) -> float:
    """Measure the duration of a new interpreter that only runs this statement."""
    start = perf_counter_ns()
    subprocess.run([sys.executable, "-c", statement], check=True, env=_ENVIRONMENT)
    return (perf_counter_ns() - start) / 1e6


def _third_party() -> list[str]:
    done = subprocess.run([sys.executable, "-c", _LIST_THIRD_PARTY], check=True, capture_output=True)
    modules: list[str] = json.loads(done.stdout)
    return modules


def _plugin() -> float:
    """Measure the cost of our plugin for the start of pytest, in milliseconds."""
    command = [sys.executable, "-c", _LOAD_PLUGIN]
    taken = [
        float(subprocess.run(command, check=True, capture_output=True, env=_ENVIRONMENT).stdout)
        for _ in range(ROUNDS + 1)
    ]
    return statistics.median(taken[1:])  # the first run compiles


def _table(series: Series) -> Table:
    title = f"import: milliseconds, medians of {ROUNDS} fresh interpreters each"
    table = Table("statement", title=title, title_justify="left")
    table.add_column("whole process", justify="right")
    table.add_column("above bare", justify="right")
    for name, statement in _STATEMENTS.items():
        above = f"{series.difference(name, BARE):.1f}" if name != BARE else ""
        table.add_row(statement if name != BARE else name, f"{series.median(name):.1f}", above)
    return table
