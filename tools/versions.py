"""``make test-versions`` and ``make test-oldest``: run ``make test`` under several Pythons.

Each has its own environment, `.venv-<version>`. `TARGET=test-all` in the environment runs all tests. Needs
only the standard library and make. An argument is a version (3.14, or 3.14t for the free-threaded build), the
path of an interpreter, or "oldest" for the lowest dependencies that pyproject.toml allows.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
# Without the free-threaded builds: psycopg has no binary wheel for them, so group "test" cannot be installed.
VERSIONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
OLDEST = "oldest"
OLDEST_PYTHON = VERSIONS[0]

_VERSION = """
import sys, sysconfig
print("%d.%d" % sys.version_info[:2] + "t" * bool(sysconfig.get_config_var("Py_GIL_DISABLED")))
"""


class Result(NamedTuple):
    """The outcome of one run."""

    name: str
    outcome: str  # "passed", "failed" or "not found"
    interpreter: str = ""


def main(arguments: list[str]) -> int:
    """Run the tests under each interpreter, and print a summary.

    Versions that are not installed are skipped, except those in the arguments.

    Args:
        arguments: Versions, paths of interpreters, or "oldest". By default all versions.

    Returns:
        The exit code.
    """
    results = [run(argument) for argument in arguments or VERSIONS]
    print("\nThe tests under each Python:")
    for result in results:
        print(f"  {result.name:8} {result.outcome:10} {result.interpreter}".rstrip())
    accepted = {"passed"} if arguments else {"passed", "not found"}
    outcomes = {result.outcome for result in results}
    return 0 if outcomes <= accepted and "passed" in outcomes else 1


def run(argument: str) -> Result:
    """Run the tests in the environment of this version, path or "oldest", which make creates if necessary."""
    is_path = os.sep in argument
    interpreter = argument if is_path else find(OLDEST_PYTHON if argument == OLDEST else argument)
    name = version_of(argument) if is_path else argument
    if interpreter is None or name is None:
        return Result(argument, "not found")
    print(f"\n== {name}: {interpreter}", flush=True)
    venv = f".venv-{name}"
    stamp = f"{venv}/.{OLDEST}" if name == OLDEST else f"{venv}/.test"
    # Without MAKEFLAGS, which would pass on the variables of the outer make.
    environment = {key: value for key, value in os.environ.items() if key != "MAKEFLAGS"}
    make = ["make", "--no-print-directory", f"VENV={venv}", f"PYTHON={interpreter}"]
    target = os.environ.get("TARGET", "test")
    ran = subprocess.run([*make, f"READY={stamp}", target], cwd=ROOT, env=environment)
    return Result(name, "failed" if ran.returncode else "passed", interpreter)


def find(version: str) -> str | None:
    """Return the path of an interpreter that starts and is of this version, or None."""
    return next((path for path in _candidates(version) if version_of(path) == version), None)


def version_of(interpreter: str) -> str | None:
    """Return the version of an interpreter, such as "3.14t", or None if it does not start.

    A shim of pyenv is on PATH for each version that is installed, and starts only the selected ones.
    """
    try:
        ran = subprocess.run([interpreter, "-c", _VERSION], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ran.stdout.strip() if ran.returncode == 0 else None


def _candidates(version: str) -> Iterator[str]:
    # The free-threaded build is often installed as python3.14, without its suffix.
    names = dict.fromkeys((f"python{version}", f"python{version.removesuffix('t')}"))
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += sorted(pyenv.glob(f"versions/{version.removesuffix('t')}*/bin"))
    for name in names:
        for folder in folders:
            if (folder / name).exists():
                yield str(folder / name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
