"""The page of log lines and metrics lists all that the package logs and measures."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import webhook_verify
from tests.rows import rows
from webhook_verify.inbox import InboxObserver
from webhook_verify.receiver import Observer

PACKAGE = Path(webhook_verify.__file__).parent
PAGE = (PACKAGE.parent / "docs" / "reference" / "logging_and_metrics.md").read_text("utf-8")
LEVELS = {"info", "warning", "error", "exception"}


def logged() -> Iterator[str]:
    """Yield the format strings that the package logs; the command's own log is its output."""
    for path in PACKAGE.rglob("*.py"):
        if "cli" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="_logger"), attr=level),
                    args=[ast.Constant(value=str(text)), *_],
                ) if level in LEVELS:
                    yield text


LINES = sorted({text for text in logged() if re.search(r"[a-z]{4}", text)})


def test_the_package_logs_something() -> None:
    assert len(LINES) >= 12


@rows("line", LINES)
def test_a_log_line_is_on_the_page(line: str) -> None:
    words = max(re.split(r"%\w|[:;,.]", line), key=len).strip()
    pieces = [piece.strip(" .") for piece in re.findall(r"^\| [A-Z, ]+ \| `(.+?)` \|", PAGE, re.MULTILINE)]
    assert any(
        all(part in line for part in re.split(r" ?\.\.\. ?", re.sub(r": POST.*", "", piece)) if part)
        for piece in pieces
    ), words


def test_every_metric_and_span_is_on_the_page() -> None:
    source = (PACKAGE / "otel.py").read_text("utf-8")
    names = set(re.findall(r'"(webhook_verify\.\w+)"', source))
    assert len(names) >= 6
    assert [name for name in names if f"`{name}`" not in PAGE] == []


def test_every_hook_is_on_the_page() -> None:
    hooks = [name for name in (*vars(Observer), *vars(InboxObserver)) if name.startswith("on_")]
    assert [name for name in hooks if f"| `{name}(" not in PAGE] == []
