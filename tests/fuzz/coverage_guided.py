"""``python -m tests.fuzz.coverage_guided [--seconds N] [TARGET ...]``: libFuzzer searches for new branches.

The initial inputs are a valid delivery of each scheme and the stored corpus in ``tests/data/fuzz``. An input
that violates a guarantee is written into the current directory, and the exit code is 1. ``--keep`` adds the
shortest new inputs to the corpus. It needs atheris, for CPython 3.11 to 3.14 on Linux x86-64. Without it, a
message is printed and the exit code is 0.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import shutil
import sys
import tempfile
from pathlib import Path

from tests import processes

__all__ = ["CORPUS", "main"]

CORPUS = Path(__file__).parents[1] / "data" / "fuzz"
NAMES = ("verify", "headers", "canonical_json", "diagnose")

_MAX_INPUT_BYTES = 4_096
_MAX_KEPT_BYTES = 24_576  # for a target
_MAX_KEPT_FILES = 80
_SECONDS_TO_START = 240  # the instrumentation and the initial inputs, on a busy machine


def main() -> int:
    """Fuzz the targets one after the other, and return the exit code."""
    options = _options()
    if importlib.util.find_spec("atheris") is None:
        print("no coverage-guided fuzzing: atheris is not installed (CPython 3.11 to 3.14, Linux x86-64)")
        return 0
    if options.one:
        _fuzz(*options.one)
        return 0  # not reached: libFuzzer ends the process
    names = options.targets or NAMES
    codes = [_in_a_process(name, options.seconds // len(names), keep=options.keep) for name in names]
    return 1 if any(codes) else 0


def _in_a_process(name: str, seconds: int, *, keep: bool) -> int:
    """Fuzz a target in a separate process, because libFuzzer ends its process."""
    kept = CORPUS / name
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        found, start, log = (Path(temporary) / part for part in ("found", "start", "log"))
        found.mkdir()
        _write_seeds(start)
        arguments = [f"-max_total_time={seconds}", f"-max_len={_MAX_INPUT_BYTES}", "-timeout=60"]
        arguments += ["-rss_limit_mb=2048", "-print_final_stats=1"]
        command = [sys.executable, "-m", "tests.fuzz.coverage_guided", "--one", name, *arguments]
        with (
            log.open("wb") as output,
            processes.started([*command, found, start, kept], stdout=output, stderr=output) as process,
        ):
            code = process.wait(4 * seconds + _SECONDS_TO_START)
        text = log.read_text("utf-8", "replace")
        print(_summary(name, text) if code == 0 else text, flush=True)
        if keep:
            _keep(found, kept)
        return code


def _summary(name: str, log: str) -> str:
    """Return the number of inputs, and of those that reached a new branch."""
    numbers = dict(re.findall(r"stat::(\w+):\s+(\d+)", log))
    inputs, new = numbers["number_of_executed_units"], numbers["new_units_added"]
    return f"{name}: {int(inputs):,} inputs, {int(new):,} reached a new branch, no promise was broken"


def _keep(found: Path, kept: Path) -> None:
    """Copy the shortest inputs, up to the size of the target's corpus."""
    for file in sorted(found.iterdir(), key=lambda file: file.stat().st_size):
        size = sum(each.stat().st_size for each in kept.iterdir())
        if size + file.stat().st_size > _MAX_KEPT_BYTES or len([*kept.iterdir()]) >= _MAX_KEPT_FILES:
            return
        shutil.copy(file, kept / file.name[:12])


def _write_seeds(folder: Path) -> None:
    from tests.fuzz.coverage_targets import seeds

    folder.mkdir()
    for name, data in seeds().items():
        (folder / name).write_bytes(data)


def _fuzz(name: str, *arguments: str) -> None:
    """Run libFuzzer on one target, with the package instrumented."""
    import atheris

    with atheris.instrument_imports(include=["webhook_verify"]):
        from tests.fuzz.coverage_targets import TARGETS
    atheris.Setup([name, *arguments], TARGETS[name])
    atheris.Fuzz()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.coverage_guided")
    parser.add_argument("--seconds", type=int, default=600, help="in total, shared among the targets")
    parser.add_argument("--keep", action="store_true", help="add what was found to the kept corpus")
    parser.add_argument("--one", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.add_argument("targets", nargs="*", metavar="target", help=f"of {', '.join(NAMES)}; default: all")
    options = parser.parse_args()
    if unknown := {*options.targets} - {*NAMES}:
        parser.error(f"no target is named {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
