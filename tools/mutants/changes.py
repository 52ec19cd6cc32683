"""The mutants of a file: mutmut's changes and a few more, without the exclusions of the package docstring."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation.mutators import mutation_operators

_PROSE = re.compile(r"[^\W\d_]{2,}[,;:]? \(?[^\W\d_]|[^\W\d_]:? $|^ [^\W\d_]{2,}")
_COMMENT = re.compile(r"(?m)  # .*$")
_ALIASES = {"Annotated", "Callable", "Literal", "Mapping", "Sequence", "TypeVar", "dict", "list", "tuple"}

MutantKey = tuple[str, str, str, str]
"""The file, the scope, and the lines before and after."""


@dataclass(frozen=True)
class Mutant:
    """One change of one file.

    `scope` is the qualified name of the class or function around the change, or "" for the module.
    `is_inside` is true if the body of that function changes, and not a default value or a class attribute.
    `line` and `mutant` are the changed lines, before and after, without the lines that are equal.
    `first` and `last` are the line numbers of the changed statement; `source` is the whole changed file.
    """

    path: Path
    scope: str
    is_inside: bool
    first: int
    last: int
    line: str
    mutant: str
    source: str

    @property
    def key(self) -> MutantKey:
        """The identity under which a mutant is argued: independent of line numbers and comments."""
        return mutant_key(self.path.as_posix(), self.scope, self.line, self.mutant)

    def __str__(self) -> str:
        before = "".join(f"\n    - {line}" for line in self.line.splitlines())
        after = "".join(f"\n    + {line}" for line in self.mutant.splitlines())
        return f"{self.path.as_posix()}:{self.first} in {self.scope or 'the module'}{before}{after}"


def mutant_key(path: str, scope: str, line: str, mutant: str) -> MutantKey:
    """Return the key of the mutant with these lines before and after."""
    return path, scope, _COMMENT.sub("", line), _COMMENT.sub("", mutant)


def mutants_of(path: Path) -> list[Mutant]:
    """Return the mutants of a file, in the order of its lines and without duplicates."""
    return _File(path).mutants()


class _File:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._source = path.read_text("utf-8")
        wrapper = MetadataWrapper(cst.parse_module(self._source))
        self._module = wrapper.module
        self._parents = cast("dict[cst.CSTNode, cst.CSTNode]", wrapper.resolve(ParentNodeProvider))
        self._positions = cast("dict[cst.CSTNode, CodeRange]", wrapper.resolve(PositionProvider))
        lines = self._source.splitlines(keepends=True)
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line))

    def mutants(self) -> list[Mutant]:
        sources = {self._source}
        mutants: list[Mutant] = []
        for node in self._nodes(self._module):
            for old, changed in _changes(node):
                source = self._replaced(old, changed)
                if source not in sources:
                    sources.add(source)
                    mutants.append(self._mutant(node, source))
        return sorted(mutants, key=lambda mutant: mutant.first)

    def _nodes(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield the nodes that may be changed, parents first."""
        if _is_excluded(node, self._parents.get(node)):
            return
        if not _is_wording(node):
            yield node
        for child in node.children:
            yield from self._nodes(child)

    def _replaced(self, node: cst.CSTNode, changed: cst.CSTNode | cst.RemovalSentinel) -> str:
        """Return the source with one node replaced. Text is replaced where that is safe: it is faster."""
        place = self._positions.get(node)
        if place is not None and isinstance(changed, cst.CSTNode):
            start = self._starts[place.start.line - 1] + place.start.column
            end = self._starts[place.end.line - 1] + place.end.column
            text = self._source[start:end]
            if text and text == self._module.code_for_node(node) and "\n" not in text:
                return self._source[:start] + self._module.code_for_node(changed) + self._source[end:]
        replaced = cast("cst.Module", self._module.deep_replace(node, cast("cst.CSTNode", changed)))
        return replaced.code

    def _mutant(self, node: cst.CSTNode, source: str) -> Mutant:
        line, mutant = _difference(self._source, source)
        first, last = self._statement(node)
        return Mutant(self._path, *self._scope(node), first, last, line, mutant, source)

    def _statement(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return the first and last line of the smallest statement, or condition, around a node."""
        around = node
        while not isinstance(self._parents[around], cst.SimpleStatementLine | cst.BaseCompoundStatement):
            if isinstance(self._parents[around], cst.Module):
                break
            around = self._parents[around]
        place = self._positions[node if isinstance(around, cst.IndentedBlock) else around]
        return place.start.line, place.end.line

    def _scope(self, node: cst.CSTNode) -> tuple[str, bool]:
        """Return the name of the outermost function around a node, and whether its body contains the node."""
        path: list[str] = []
        trail = [node]
        while not isinstance(trail[-1], cst.Module):
            trail.append(self._parents[trail[-1]])
        trail.reverse()
        for around, inner in zip(trail, [*trail[1:], node], strict=True):
            if isinstance(around, cst.ClassDef | cst.FunctionDef):
                path.append(around.name.value)
            if isinstance(around, cst.FunctionDef):
                return ".".join(path), inner is around.body
        return ".".join(path), False


def _changes(node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    """Yield pairs of a node to replace, this one or a part of it, and its replacement."""
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            for changed in operator(node):
                if not (_changes_case_only(node, changed) or _changes_wording_only(node, changed)):
                    yield node, changed
    if isinstance(node, cst.If | cst.While | cst.CompIf):
        yield node.test, _negated(node.test)
    for kind, operator in _MORE:
        if isinstance(node, kind):
            yield from ((node, changed) for changed in operator(node))


def _changes_case_only(node: cst.CSTNode, changed: cst.CSTNode) -> bool:
    """Return whether only the letter case of a text changes: the mutant with "XX" around it is equivalent."""
    if isinstance(node, cst.SimpleString) and isinstance(changed, cst.SimpleString):
        return node.value.casefold() == changed.value.casefold()
    return False


def _changes_wording_only(node: cst.CSTNode, changed: cst.CSTNode) -> bool:
    """Return whether an assignment or an argument loses prose and nothing else."""
    if isinstance(node, cst.Assign | cst.AnnAssign | cst.AugAssign):
        return node.value is not None and _is_wording(node.value)
    if isinstance(node, cst.Call) and isinstance(changed, cst.Call):
        if len(changed.args) < len(node.args):
            kept = {id(argument) for argument in changed.args}
            gone = [argument for argument in node.args if id(argument) not in kept]
        else:
            pairs = zip(node.args, changed.args, strict=True)
            gone = [before for before, after in pairs if before is not after]
        kind = node.args[0] if _name(node) == "cast" else None
        return bool(gone) and all(argument is kind or _is_wording(argument.value) for argument in gone)
    return False


def _is_excluded(node: cst.CSTNode, parent: cst.CSTNode | None) -> bool:
    match node:
        case cst.Annotation() | cst.Import() | cst.ImportFrom():
            return True
        case cst.If(test=cst.Name(value="TYPE_CHECKING")):
            return True
        case cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString()):
            return True
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value="__all__" | "TYPE_CHECKING"))]):
            return True
        case cst.Assign(
            value=cst.Subscript(value=cst.Name(value=name)) | cst.Call(func=cst.Name(value=name))
        ):
            return name in _ALIASES
        case cst.Arg():
            return isinstance(parent, cst.Call) and _name(parent) == "cast" and parent.args[0] is node
        case cst.ClassDef():
            return any(
                isinstance(base.value, cst.Name) and base.value.value == "Protocol" for base in node.bases
            )
        case _:
            return _is_wording(node)


def _name(call: cst.Call) -> str:
    return call.func.value if isinstance(call.func, cst.Name) else ""


def _is_wording(node: cst.CSTNode) -> bool:
    """Return whether a node is a text for people, whose wording is free."""
    match node:
        case cst.SimpleString():
            value = node.evaluated_value
            return isinstance(value, str) and _PROSE.search(value) is not None
        case cst.ConcatenatedString():
            return _is_wording(node.left) or _is_wording(node.right)
        case cst.FormattedString():
            texts = [part.value for part in node.parts if isinstance(part, cst.FormattedStringText)]
            return any(_PROSE.search(text) for text in texts)
        case _:
            return False


def _negated(test: cst.BaseExpression) -> cst.CSTNode:
    operand = test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return cst.UnaryOperation(cst.Not(whitespace_after=cst.SimpleWhitespace(" ")), operand)


def _returned(node: cst.Return) -> Iterable[cst.CSTNode]:
    if node.value is not None and not (isinstance(node.value, cst.Name) and node.value.value == "None"):
        yield cst.Return(cst.Name("None"))


def _deleted(node: cst.Expr | cst.Raise | cst.AugAssign) -> Iterable[cst.CSTNode]:
    if not (isinstance(node, cst.Expr) and isinstance(node.value, cst.Ellipsis)):
        yield cst.Pass()


def _formatted(node: cst.FormattedStringText) -> Iterable[cst.CSTNode]:
    yield node.with_changes(value=f"XX{node.value}")


_MORE: list[tuple[Any, Callable[[Any], Iterable[cst.CSTNode]]]] = [
    (cst.Return, _returned),
    (cst.Expr, _deleted),
    (cst.Raise, _deleted),
    (cst.AugAssign, _deleted),
    (cst.FormattedStringText, _formatted),
]


def _difference(before: str, after: str) -> tuple[str, str]:
    """Return the lines that differ, without their indentation and without the equal lines around them."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return "\n".join(line.strip() for line in old), "\n".join(line.strip() for line in new)
