"""Rules for robust tests: no clock at import, no process without a limit, no fixed port."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FILES = [path for path in sorted(TESTS.rglob("*.py")) if path.name != "__main__.py"]

CLOCKS = {
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "datetime.now",
    "datetime.datetime.now",
    "datetime.utcnow",
}


def calls_at_import(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls that run when a module is imported: all but those inside of functions and lambdas."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in (*child.decorator_list, *child.args.defaults, *child.args.kw_defaults):
                if part is not None:
                    yield from calls_at_import(ast.Expr(part))
        elif not isinstance(child, ast.Lambda):
            if isinstance(child, ast.Call):
                yield child
            yield from calls_at_import(child)


def clock_readings(text: str) -> list[str]:
    """Return the functions of a module that read the clock when it is imported, its own included."""
    tree = ast.parse(text)
    own = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(call, ast.Call) and ast.unparse(call.func) in CLOCKS for call in ast.walk(node))
    }
    return [name for call in calls_at_import(tree) if (name := ast.unparse(call.func)) in CLOCKS | own]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NOW = int(time.time())", ["time.time"]),
        ("def now(): return time.time()\nHEADERS = {'a': sign(now() + 3600)}", ["now"]),
        ("@pytest.mark.parametrize('at', [datetime.now(UTC)])\ndef test(at): pass", ["datetime.now"]),
        ("def test(at=time.time()): pass", ["time.time"]),
        ("class Test:\n    at = time.time()", ["time.time"]),
        ("def test():\n    return time.time()\nCLOCK = lambda: time.time()", []),
    ],
)
def test_a_clock_reading_at_import_is_found(text: str, found: list[str]) -> None:
    assert clock_readings(text) == found


@pytest.mark.slow
def test_no_module_of_the_tests_reads_the_clock_when_it_is_imported() -> None:
    """What is stamped then is too old for the tests that run minutes later."""
    readings = {str(path.relative_to(TESTS)): clock_readings(path.read_text("utf-8")) for path in FILES}
    assert {name: found for name, found in readings.items() if found} == {}


def test_processes_are_started_with_a_limit() -> None:
    """By `tests.processes`; the servers that a test may stop and start again end by it, too."""
    starts = re.compile(r"subprocess\.(run|Popen|call|check_output)\(|create_subprocess_exec\(")
    allowed = {"processes.py", "replay/servers.py", "replay/servers_sql.py"}
    found = {str(path.relative_to(TESTS)) for path in FILES if starts.search(path.read_text("utf-8"))}
    assert found == allowed


def test_no_port_is_fixed() -> None:
    bound = re.compile(r"(\.bind\(|create_server\()\(\"[^\"]+\", (?!0\))\d+\)|--port[= ]\"?, ?\"?[1-9]\d{3}")
    assert [str(path) for path in FILES if bound.search(path.read_text("utf-8"))] == []


@pytest.mark.slow
def test_a_file_is_one_room() -> None:
    """What holds for the package: at most 400 lines, and a docstring that says what the file is for."""
    texts = {path: path.read_text("utf-8") for path in FILES}
    assert [path.name for path, text in texts.items() if len(text.splitlines()) > 400] == []
    assert [path for path, text in texts.items() if text and not ast.get_docstring(ast.parse(text))] == []
