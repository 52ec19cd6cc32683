"""Replaces code of the package with a mutant: a function in place, or a module when it is imported."""

from __future__ import annotations

import contextlib
import gc
from collections import defaultdict
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from tools.mutants.changes import Mutant

__all__ = ["MutatedFinder", "functions_of", "replace"]


class MutatedFinder:
    """Finds only the mutated module."""

    def __init__(self, mutant: Mutant) -> None:
        self._path = mutant.path.resolve()
        self._name = ".".join(mutant.path.with_suffix("").parts)
        self._source = mutant.source

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return how the mutated module is loaded."""
        if name != self._name:
            return None
        return spec_from_file_location(
            name, self._path, loader=_MutatedLoader(name, self._path, self._source)
        )


class _MutatedLoader(SourceFileLoader):
    def __init__(self, name: str, path: Path, source: str) -> None:
        super().__init__(name, str(path))
        self._source = source

    def exec_module(self, module: ModuleType) -> None:
        exec(self.source_to_code(self._source, self.path), vars(module))  # noqa: S102 - the mutant


def functions_of(files: set[str]) -> dict[tuple[str, str], list[FunctionType]]:
    """Return all existing functions that are defined in these files, by file and qualified name."""
    found: dict[tuple[str, str], list[FunctionType]] = defaultdict(list)
    for function in gc.get_objects():
        if type(function) is FunctionType and function.__code__.co_filename in files:
            found[function.__code__.co_filename, function.__code__.co_qualname].append(function)
    return found


def replace(mutant: Mutant, functions: list[FunctionType]) -> bool:
    """Replace the code of a function. Return False if the function does not exist or its closure differs."""
    module = compile(mutant.source, str(mutant.path.resolve()), "exec", dont_inherit=True)
    codes = [code for code in _codes(module) if code.co_qualname == mutant.scope]
    replaced = False
    for function in functions:
        for code in codes:
            if code.co_firstlineno == function.__code__.co_firstlineno:
                with contextlib.suppress(ValueError):
                    function.__code__ = code
                    replaced = True
                break
    return replaced


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
