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
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tools.plain_english import ROOT, files_of

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_NAMELESS = {"self", "cls"}
_DECORATORS_WITHOUT_SECTIONS = {"overload", "property", "cached_property", "setter"}
_SECTION = re.compile(r"^(?P<name>Args|Attributes|Returns|Yields|Raises):$", re.MULTILINE)
_ENTRY = re.compile(r"^ {4}\*{0,2}(?P<name>\w+)(?: \([^)]*\))?: (?P<text>.+(?:\n {8,}.+)*)", re.MULTILINE)
# A parameter with one of these names is a quantity, and its line names the unit.
_QUANTITY = re.compile(
    r"(^|_)(timeout|tolerance|lease|retention|ttl|interval|max_age|max_body_bytes|seconds|delay|limit)$"
)
_UNIT = re.compile(
    r"second|minute|hour|day|byte|timedelta|character|number of|how many|count|at most", re.IGNORECASE
)


class Gap(NamedTuple):
    """A public callable whose docstring lacks something."""

    path: Path
    line: int
    name: str
    lacks: str


def gaps(paths: list[Path]) -> Iterator[Gap]:
    """Yield what the docstrings of the public callables in these files lack."""
    for path in paths:
        if not _is_private(path):
            for each in _public(ast.parse(path.read_text("utf-8"))):
                for lacks in _lacks(each):
                    yield Gap(path, each.node.lineno, each.name, lacks)


def count(paths: list[Path]) -> int:
    """Return how many public callables these files define."""
    return sum(
        1 for path in paths if not _is_private(path) for _ in _public(ast.parse(path.read_text("utf-8")))
    )


def _is_private(path: Path) -> bool:
    return path.name.startswith("_") and path.name != "__init__.py"


class _Callable(NamedTuple):
    name: str
    node: _Function
    docstring: str


def _public(tree: ast.Module) -> Iterator[_Callable]:
    for node in tree.body:
        if isinstance(node, _Function) and _is_public(node):
            yield _Callable(node.name, node, ast.get_docstring(node) or "")
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for inner in node.body:
                if isinstance(inner, _Function) and _is_public(inner):
                    # A class documents its construction.
                    documented = node if inner.name == "__init__" else inner
                    yield _Callable(f"{node.name}.{inner.name}", inner, ast.get_docstring(documented) or "")


def _is_public(node: _Function) -> bool:
    decorators = {getattr(each, "attr", getattr(each, "id", "")) for each in node.decorator_list}
    named = node.name == "__init__" or not node.name.startswith("_")
    return named and not decorators & _DECORATORS_WITHOUT_SECTIONS


def _lacks(each: _Callable) -> Iterator[str]:
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
    files = [
        path for path in files if path.is_relative_to(ROOT / "webhook_verify") and "cli" not in path.parts
    ]
    found = list(gaps(files))
    for each in found:
        print(f"{each.path.relative_to(ROOT)}:{each.line}: {each.name} lacks {each.lacks}")
    print(f"{len(found)} gaps in the docstrings of {count(files)} public callables")
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main())
