"""``python -m tools.docstring_sections``: every public callable documents its arguments, result and units.

Public is a name without a leading underscore, in a module without one. The modules of ``cli`` are excluded,
because their interface is the command. Ruff checks that a section matches the code (D417, DOC); this tool
checks that the section exists. Part of ``make check``.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tools.plain_english import ROOT, files_of

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_CLI = ROOT / "webhook_verify" / "cli"
_NAMELESS = {"self", "cls"}
_DECORATORS_WITHOUT_SECTIONS = {"overload", "property", "cached_property", "setter"}
# They complete a docstring of one line: see webhook_verify.api._docstrings, and its tests.
_COMPLETING_DECORATORS = {"operation", "paged"}
_SECTION = re.compile(r"^(?P<name>Args|Attributes|Returns|Yields|Raises):$", re.MULTILINE)
_ENTRY = re.compile(r"^ {4}\*{0,2}(?P<name>\w+)(?: \([^)]*\))?: (?P<text>.+(?:\n {8,}.+)*)", re.MULTILINE)
# A parameter with one of these names is a quantity, and its line names the unit.
_QUANTITY = re.compile(
    r"(^|_)(timeout|tolerance|lease|retention|ttl|interval|max_age|max_body_bytes|seconds|delay|limit)$"
)
_UNIT = re.compile(
    r"second|minute|hour|day|byte|timedelta|character|number of|how many|count|at most", re.IGNORECASE
)


class PublicCallable(NamedTuple):
    """A public function or method, with the docstring that documents it."""

    path: Path
    name: str
    node: _Function
    docstring: str


class Gap(NamedTuple):
    """A public callable whose docstring lacks something."""

    path: Path
    line: int
    name: str
    lacks: str


def gaps(callables: Iterable[PublicCallable]) -> Iterator[Gap]:
    """Yield what the docstrings of these callables lack."""
    for each in callables:
        for lacks in _lacks(each):
            yield Gap(each.path, each.node.lineno, each.name, lacks)


def public_callables(paths: list[Path]) -> Iterator[PublicCallable]:
    """Yield the public callables of these files, except those of ``cli``."""
    for path in paths:
        is_private = path.name.startswith("_") and path.name != "__init__.py"
        if not is_private and not path.is_relative_to(_CLI):
            yield from _public(path, ast.parse(path.read_text("utf-8")))


def _public(path: Path, tree: ast.Module) -> Iterator[PublicCallable]:
    for node in tree.body:
        if isinstance(node, _Function) and _is_public(node):
            yield PublicCallable(path, node.name, node, ast.get_docstring(node) or "")
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for inner in node.body:
                if isinstance(inner, _Function) and _is_public(inner):
                    # A class documents its construction.
                    documented = node if inner.name == "__init__" else inner
                    text = ast.get_docstring(documented) or ""
                    yield PublicCallable(path, f"{node.name}.{inner.name}", inner, text)


def _is_public(node: _Function) -> bool:
    decorators = {getattr(each, "attr", getattr(each, "id", "")) for each in node.decorator_list}
    named = node.name == "__init__" or not node.name.startswith("_")
    if decorators & _COMPLETING_DECORATORS and "\n" not in (ast.get_docstring(node) or "\n"):
        return False
    return named and not decorators & _DECORATORS_WITHOUT_SECTIONS


def _lacks(each: PublicCallable) -> Iterator[str]:
    text, node = each.docstring, each.node
    sections = {match["name"] for match in _SECTION.finditer(text)}
    parameters = _parameters(node)
    if parameters and not sections & {"Args", "Attributes"}:
        yield "Args:"
    elif parameters:
        described = {match["name"]: match["text"] for match in _ENTRY.finditer(text)}
        for name in parameters:
            if name not in described:
                yield f"an entry for {name}"
            elif _QUANTITY.search(name) and not _UNIT.search(described[name]):
                yield f"the unit of {name}"
    if node.name != "__init__" and _has_result(node) and not sections & {"Returns", "Yields"}:
        yield "Returns:"


def _parameters(node: _Function) -> list[str]:
    given = node.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return [each.arg for each in every if each.arg not in _NAMELESS and not each.arg.startswith("_")]


def _has_result(node: _Function) -> bool:
    returns = node.returns
    if returns is None or (isinstance(returns, ast.Constant) and returns.value is None):
        return False
    return not (isinstance(returns, ast.Name) and returns.id in {"NoReturn", "Never"})


def main() -> int:
    """Print the gaps, and return 1 if there are any."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "paths", nargs="*", default=["webhook_verify"], help="files or folders; by default the package"
    )
    files = [path for path in files_of(parser.parse_args().paths) if path.suffix == ".py"]
    callables = list(public_callables(files))
    found = list(gaps(callables))
    for each in found:
        print(f"{each.path.relative_to(ROOT)}:{each.line}: {each.name} lacks {each.lacks}")
    print(f"{len(found)} gaps in the docstrings of {len(callables)} public callables")
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main())
