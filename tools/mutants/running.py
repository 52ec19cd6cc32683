"""Runs the tests against mutants: in place where that is possible, otherwise in a newly imported package.

In place: one process collects the tests, and measures in a child which tests execute which lines. For each
mutant it forks, replaces the code object of the mutated function, and runs the tests that execute the changed
statement until one fails. Most mutants are killed within a few milliseconds.

Newly imported: a mutant that is not inside a function, that only the import of the tests executes, or that
survived in place. The child imports the mutated file and collects tests again: first those of the mutated
module, then those of the core alone. A mutant that only other tests would kill counts as a survivor.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import coverage
import pytest

from tools.mutants.changes import Mutant
from tools.mutants.replacing import MutatedFinder, functions_of, replace

SURVIVED = "survived"
NO_TEST = "no test"
TIME_LIMIT = "time limit"

_PLAIN_MARKS = {"hypothesis", "parametrize", "slow", "xdist_group"}
_DIRECT = "get_direct_param_fixture_func"  # pytest's name for the value of a parameter

_IMPORTED_FIRST = ("webhook_verify", "webhook_verify.receiver", "webhook_verify.schemes.header_scheme")

_MAX_MEMORY_BYTES = 8 << 30
_MIN_TEST_SECONDS = 10.0
_MAX_SLOWDOWN = 20
_MAX_IMPORTED_SECONDS = 900.0


@dataclass(frozen=True)
class Suite:
    """The tests to run.

    `arguments` are the pytest arguments for all of them, and `imported` for those that run against imported
    mutants: fewer, because they are collected again for each. `first` has the test files to try first, by
    mutated file.
    """

    arguments: Sequence[str]
    imported: Sequence[str]
    first: dict[str, list[str]]


def run_in_place(
    mutants: Sequence[Mutant], suite: Suite, processes: int, killers: dict[str, str]
) -> dict[int, str]:
    """Return the result of each mutant by its index: the test that killed it, or a reason.

    Args:
        mutants: The mutants. Those that are not inside a function are skipped.
        suite: The tests to run.
        processes: The number of mutants that run at the same time.
        killers: The killing test of each mutant in an earlier run, which is tried first.

    Raises:
        SystemExit: If the tests fail without any mutant, or cannot be collected.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            plugin = _InPlace(mutants, suite, processes, killers)
            status = _pytest([*suite.arguments, "-q"], plugin)
            with os.fdopen(writing, "w") as stream:
                json.dump(plugin.results if status == 0 else None, stream)
            sys.stdout.flush()
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        answer = stream.read()
    os.waitpid(child, 0)
    results = json.loads(answer or "null")
    if results is None:
        raise SystemExit("the tests fail without any mutant, or could not be collected")
    return {int(index): result for index, result in results.items()}


def run_imported(
    mutants: dict[int, Mutant], suite: Suite, processes: int, report: Callable[[int, str], None]
) -> None:
    """Run the tests against mutants that are imported, and report each result.

    Args:
        mutants: The mutants by index.
        suite: The tests to run.
        processes: The number of mutants that run at the same time.
        report: A function of the index and the result, called as soon as a mutant is decided.
    """

    def run(index: int) -> str:
        mutant = mutants[index]
        sys.meta_path.insert(0, MutatedFinder(mutant))
        _limit(_MAX_IMPORTED_SECONDS)
        try:
            for module in _IMPORTED_FIRST:
                importlib.import_module(module)
        except Exception as error:
            return f"import: {type(error).__name__}"
        for name in [name for name in sys.modules if name.partition(".")[0] == "webhook_verify"]:
            del sys.modules[name]
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # these tests do not need it, and start sooner
        near = suite.first.get(mutant.path.as_posix(), [])
        for tests in (near, [test for test in suite.imported if test not in near]):
            if _pytest([*tests, *_IMPORTED_OPTIONS]):
                return f"imported: {' '.join(tests)}"
        return SURVIVED

    _check_imported(suite, processes)

    for done, (index, result) in enumerate(_forked(list(mutants), run, processes), 1):
        report(index, result)
        if done % 20 == 0:
            print(f"{done} of {len(mutants)} mutants imported", flush=True)


def _check_imported(suite: Suite, processes: int) -> None:
    """Raise RuntimeError if the tests fail without a mutant: then each of them would be killed."""

    def run(_: int) -> str:
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        return "failed" if _pytest([*suite.imported, *_IMPORTED_OPTIONS]) else "passed"

    for _, result in _forked([0], run, processes):
        if result != "passed":
            raise RuntimeError(f"the tests fail without a mutant: {' '.join(suite.imported)}")


# xdist for its marks, and timeout for its setting: pytest does not start if a mark or a setting is unknown.
_IMPORTED_OPTIONS = ("-x", "-p", "xdist", "-p", "pytest_timeout")


def _pytest(arguments: list[str], *plugins: object) -> int:
    """Run pytest with the settings of this tool and return its exit status."""
    return pytest.main(
        [*arguments, "-p", "no:cacheprovider", "-p", "no:faker"], plugins=[_SameExamples(), *plugins]
    )


class _SameExamples:
    """A pytest plugin that uses the same hypothesis examples for every mutant, and stores none."""

    def pytest_configure(self) -> None:
        from hypothesis import settings  # not before pytest, which rewrites its assertions

        settings.register_profile("mutants", derandomize=True, database=None, deadline=None)
        settings.load_profile("mutants")


class _InPlace:
    """A pytest plugin that runs mutants where pytest would run the tests."""

    def __init__(
        self, mutants: Sequence[Mutant], suite: Suite, processes: int, killers: dict[str, str]
    ) -> None:
        self.results: dict[int, str] = {}
        self._mutants = mutants
        self._suite = suite
        self._processes = processes
        self._killers = killers
        self._failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self._failed:
            self._failed = report.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        terminal = session.config.pluginmanager.get_plugin("terminalreporter")
        session.config.pluginmanager.unregister(terminal)
        self._items = session.items
        self._plain = {place: item for place, item in enumerate(self._items) if _is_plain(item)}
        self._places = {item.nodeid: place for place, item in enumerate(self._items)}
        self._measure()
        gc.unfreeze()  # tests/conftest.py freezes the imported objects, which hides them from gc.get_objects
        functions = functions_of({str(mutant.path.resolve()) for mutant in self._mutants})
        gc.collect()
        gc.freeze()
        tasks = [index for index, mutant in enumerate(self._mutants) if mutant.is_inside]
        # A test that killed a neighboring mutant is likely to kill this one, so it is tried first.
        recent: dict[str, list[int]] = defaultdict(list)

        def run(index: int) -> str:
            mutant = self._mutants[index]
            tests = self._tests(mutant)
            if not tests:
                return NO_TEST
            if not replace(mutant, functions.get((str(mutant.path.resolve()), mutant.scope), [])):
                return NO_TEST
            killer = self._places.get(self._killers.get("\n".join(mutant.key), ""), -1)
            known = [place for place in (killer, *recent[mutant.scope]) if place in tests]
            first = list(dict.fromkeys(known))
            return self._run_tests([*first, *(test for test in tests if test not in first)]) or SURVIVED

        for done, (index, result) in enumerate(_forked(tasks, run, self._processes), 1):
            self.results[index] = result
            if result in {SURVIVED, NO_TEST}:
                print(f"in place: {result}: {self._mutants[index]}", flush=True)
            if result in self._places:
                near = recent[self._mutants[index].scope]
                near.insert(0, self._places[result])
                del near[8:]
            if done % 100 == 0:
                print(f"{done} of {len(tasks)} mutants in place", flush=True)
        return True

    def _run_tests(self, places: list[int]) -> str:
        """Return the first test that fails, or "" if all pass."""
        self._failed = ""
        for place, following in self._with_following(places):
            _limit(_MIN_TEST_SECONDS + _MAX_SLOWDOWN * self._seconds[place])
            self._run_test(place, following)
            if self._failed:
                return self._failed
        return ""

    def _with_following(self, places: Sequence[int]) -> list[tuple[int, int | None]]:
        """Return each test with the next one that pytest runs, up to which it keeps its fixtures."""
        following: int | None = None
        pairs: list[tuple[int, int | None]] = []
        for place in reversed(places):
            pairs.append((place, following))
            if place not in self._plain:
                following = place
        return pairs[::-1]

    def _run_test(self, place: int, following: int | None) -> None:
        item = self._items[place]
        if place in self._plain:
            self._call(self._plain[place], item)
            return
        nextitem = None if following is None else self._items[following]
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)

    def _call(self, test: pytest.Function, item: pytest.Item) -> None:
        """Run a test without fixtures directly. Pytest's protocol would take ten times as long."""
        arguments = test.callspec.params if hasattr(test, "callspec") else {}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                test.obj(**arguments)
        except pytest.skip.Exception:
            return
        except BaseException:
            self._failed = item.nodeid

    def _measure(self) -> None:
        """Run all tests in a child, and record the lines that each test executes."""
        files = sorted({str(mutant.path.resolve()) for mutant in self._mutants})
        began = time.perf_counter()

        def run(_: int) -> str:
            measured = coverage.Coverage(data_file=None, include=files, config_file=False)
            measured.set_option("run:core", "ctrace")  # the only tracer that supports contexts
            measured.start()
            seconds: list[float] = []
            failed: set[int] = set()
            for place, following in self._with_following(range(len(self._items))):
                start = time.perf_counter()
                measured.switch_context(str(place))
                self._run_test(place, following)
                seconds.append(time.perf_counter() - start)
                if self._failed:
                    failed.add(place)
                    self._failed = ""
            measured.stop()
            data = measured.get_data()
            lines = {file: data.contexts_by_lineno(file) for file in files}
            return json.dumps([sorted(failed), seconds, lines])

        ((_, answer),) = _forked([0], run, 1)
        if not answer.startswith("["):
            raise pytest.UsageError(f"the tests without a mutant ended with: {answer}")
        measured: Any = json.loads(answer)
        failed = set(measured[0])
        for place in failed:
            print(f"not used, because it fails without a mutant: {self._items[place].nodeid}", flush=True)
        self._seconds: list[float] = measured[1]
        self._lines: dict[str, dict[int, set[int]]] = {
            file: {
                int(line): {int(place) for place in tests if place} - failed for line, tests in lines.items()
            }
            for file, lines in measured[2].items()
        }
        print(f"{len(self._plain)} plain of", end=" ")
        print(f"{len(self._items)} tests without a mutant: {time.perf_counter() - began:.0f} s", flush=True)

    def _tests(self, mutant: Mutant) -> list[int]:
        """Return the tests that execute the changed statement: its own test files first, then by time."""
        lines = self._lines[str(mutant.path.resolve())]
        covering: set[int] = set()
        for line in range(mutant.first, mutant.last + 1):
            covering |= lines.get(line, set())
        near = tuple(self._suite.first.get(mutant.path.as_posix(), ()))
        return sorted(
            covering,
            key=lambda place: (not self._items[place].nodeid.startswith(near), self._seconds[place]),
        )


_OF_THE_SESSION = {"request", "_no_process_is_left"}
"""Fixtures that every test has, and that do nothing for a single test."""


def _is_plain(item: pytest.Item) -> TypeGuard[pytest.Function]:
    """Return whether a test has no input except its parameters."""
    if not isinstance(item, pytest.Function) or item.cls is not None:
        return False
    if {mark.name for mark in item.iter_markers()} - _PLAIN_MARKS:
        return False
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    definitions = item._fixtureinfo.name2fixturedefs
    direct = {name for name, found in definitions.items() if found[-1].func.__name__ == _DIRECT}
    return (
        direct == set(parameters) == set(item._fixtureinfo.argnames) == {*item.fixturenames} - _OF_THE_SESSION
    )


def _forked(tasks: list[int], run: Callable[[int], str], processes: int) -> Iterator[tuple[int, str]]:
    """Run each task in its own forked process, and yield each result as it arrives."""
    waiting = list(reversed(tasks))
    running: dict[int, tuple[int, Path]] = {}
    folder = Path(".mutants")
    folder.mkdir(exist_ok=True)
    while waiting or running:
        while waiting and len(running) < processes:
            index = waiting.pop()
            answer = folder / f"answer-{os.getpid()}-{index}"
            child = os.fork()
            if child == 0:
                _answer(run, index, answer)
            running[child] = index, answer
        child, status = os.wait()
        if child not in running:
            continue
        index, answer = running.pop(child)
        result = answer.read_text("utf-8") if answer.exists() else ""
        answer.unlink(missing_ok=True)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
            result = TIME_LIMIT
        elif status:
            result = f"exit status {status}"
        yield index, result


def _answer(run: Callable[[int], str], index: int, answer: Path) -> None:
    """Run a task in a child, write its result into a file and end the process."""
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(quiet, stream)
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))
    answer = answer.resolve()
    status = 1
    try:
        answer.write_text(run(index), "utf-8")
        status = 0
    finally:
        os._exit(status)


def _limit(seconds: float) -> None:
    """End this process with SIGALRM after this number of seconds."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
