"""Docstrings are Google style in Markdown: complete sections, plain English, no other markup."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.rows import rows
from tools import docstring_sections, plain_english

ROOT = Path(__file__).parents[1]
FILES = [*sorted((ROOT / "webhook_verify").rglob("*.py")), ROOT / "pytest_webhook_verify.py"]

ROLE = re.compile(
    r":(attr|class|const|data|doc|exc|func|meth|mod|obj|ref|term):`|^ *:(param|raises?|returns?|type)\b"
)
LITERAL_BLOCK = re.compile(r"::$")
DIRECTIVE = re.compile(r"^ *\.\. ")
# A fact about exceptions in a sentence, which belongs into the section Raises.
SENTENCE = re.compile(r"(^|[.:] )(It raises|Raises) ")


class Docstring(NamedTuple):
    """A docstring, or the text below an attribute."""

    place: str
    text: str


def docstrings(path: Path) -> Iterator[Docstring]:
    """Yield the docstrings of a file, with those of attributes."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for statement in node.body:
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    text = statement.value.value
                    if isinstance(text, str):
                        yield Docstring(f"{path.relative_to(ROOT)}:{statement.lineno}", text)


@cache
def every_docstring() -> list[Docstring]:
    """Return the docstrings of the package."""
    return [docstring for path in FILES for docstring in docstrings(path)]


def other_markup(text: str) -> list[str]:
    """Return the lines of a docstring with markup of reStructuredText, which the site shows literally."""
    patterns = ROLE, LITERAL_BLOCK, DIRECTIVE
    return [line for line in text.splitlines() if any(each.search(line) for each in patterns)]


@rows(
    "text, found",
    [
        ("Return a :class:`Delivery`.", True),
        (":param body: The body.", True),
        ("For example::\n\n    verify(body)", True),
        (".. note:: This is fast.", True),
        ("Return a `Delivery`, such as:\n\n```python\nverify(body)\n```", False),
        ("The address `::1` is local.", False),
    ],
)
def test_markup_of_restructured_text_is_found(text: str, found: bool) -> None:
    assert bool(other_markup(text)) is found


@pytest.mark.slow
def test_no_docstring_has_markup_of_restructured_text() -> None:
    assert len(every_docstring()) > 2000
    assert [docstring.place for docstring in every_docstring() if other_markup(docstring.text)] == []


@pytest.mark.slow
def test_fenced_blocks_are_closed() -> None:
    fences = [
        (docstring.place, len(re.findall(r"^ *```", docstring.text, re.M))) for docstring in every_docstring()
    ]
    assert [place for place, count in fences if count % 2] == []


def public_docstrings(path: Path) -> Iterator[Docstring]:
    """Yield the docstrings of the public classes and functions of a file."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in [
        *tree.body,
        *(inner for each in tree.body if isinstance(each, ast.ClassDef) for inner in each.body),
    ]:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_":
            yield Docstring(f"{path.relative_to(ROOT)}:{node.lineno}", ast.get_docstring(node) or "")


@pytest.mark.slow
def test_exceptions_are_in_the_section_raises() -> None:
    """A sentence about an exception of the callable itself is not found by a reader of the section."""
    found = []
    for path in FILES:
        if "cli" not in path.parts and not (path.name.startswith("_") and path.name != "__init__.py"):
            for place, text in public_docstrings(path):
                description = re.split(r"^(?:Args|Attributes|Returns|Yields|Raises):$", text, flags=re.M)[0]
                if SENTENCE.search(" ".join(description.split())):
                    found.append(place)
    assert found == []


@pytest.mark.slow
def test_every_public_callable_has_its_sections() -> None:
    callables = list(docstring_sections.public_callables([path for path in FILES if path.parent != ROOT]))
    assert list(docstring_sections.gaps(callables)) == []
    assert len(callables) > 700


END = '"""'
NUMBER = f"def f(timeout: float) -> int:\n    {END}Do it.\n\n"


@rows(
    "function, lacks",
    [
        ('def f(a: int) -> None:\n    """Do it."""', ["Args:"]),
        ('def f() -> int:\n    """Do it."""', ["Returns:"]),
        (
            'def f(a: int) -> None:\n    """Do it.\n\n    Args:\n        b: Another one.\n    """',
            ["an entry for a"],
        ),
        (f"{NUMBER}    Args:\n        timeout: The limit.\n    {END}", ["the unit of timeout", "Returns:"]),
        (f"{NUMBER}    Args:\n        timeout: Seconds.\n\n    Returns:\n        It.\n    {END}", []),
        ("def _f(a: int) -> int: ...", []),
        ('class C:\n    """A thing."""\n\n    def __init__(self, a: int) -> None: ...', ["Args:"]),
    ],
)
def test_a_missing_section_is_found(tmp_path: Path, function: str, lacks: list[str]) -> None:
    module = tmp_path / "module.py"
    module.write_text(function, encoding="utf-8")
    gaps = docstring_sections.gaps(docstring_sections.public_callables([module]))
    assert [gap.lacks for gap in gaps] == lacks


def idioms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> list[str]:
    """Return the idioms that the check finds in a file."""
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(plain_english, "ROOT", tmp_path)
    return [finding.phrase for finding in plain_english.findings([file])]


@rows(
    "name, text",
    [
        ("module.py", '"""The reason is told."""'),
        ("module.py", 'def f() -> None:\n    """Summary.\n\n    The reason is told.\n    """'),
        ("module.py", 'LIMIT = 1\n"""The limit is told."""'),
        ("module.py", "LIMIT = 1  # it is told"),
        ("module.py", 'raise ValueError("the caller is told the reason")'),
        ("module.py", 'raise ValueError(f"the caller is told {reason}")'),
        ("page.md", "The reason is told."),
        ("page.md", "- The reason\n  is told."),
    ],
)
def test_an_idiom_in_prose_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    assert idioms(tmp_path, monkeypatch, name, text) == ["told"]


@rows(
    "name, text",
    [
        ("module.py", "told = tells(answer)"),
        ("module.py", 'KEY = "told"'),
        ("module.py", '"""The argument `told`, or ``told``."""'),
        ("module.py", '"""Summary.\n\n```python\ntold = answer\n```\n"""'),
        ("page.md", "The argument `told`."),
        ("page.md", "See [the page](https://example.com/told/answer.html) at https://example.com/told."),
        ("page.md", "```python\ntold = answer\n```"),
        ("page.md", "~~~\ntold\n~~~"),
        ("page.md", "A message from an attacker who has one delivery. Authors who report are thanked."),
        ("page.md", "The timestamp is no longer checked."),
    ],
)
def test_code_and_people_are_not_idioms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    assert idioms(tmp_path, monkeypatch, name, text) == []


def test_who_without_people_is_an_idiom() -> None:
    assert [
        phrase for phrase, _ in plain_english.idioms_in("The sender who signs; a service who retries")
    ] == [
        "who",
        "who",
    ]


def test_the_line_and_the_advice_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "page.md"
    file.write_text("# Title\n\nIt is sent anew.\n", encoding="utf-8")
    monkeypatch.setattr(plain_english, "ROOT", tmp_path)
    (finding,) = plain_english.findings([file])
    assert (finding.line, finding.phrase, finding.advice) == (3, "anew", "again")
