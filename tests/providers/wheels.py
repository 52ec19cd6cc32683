"""Single files of libraries on PyPI, without what the libraries depend on."""

from __future__ import annotations

import ast
import importlib.util
import shutil
import sys
import zipfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tests.providers.fetched import kept, needed, run

__all__ = ["definition_in", "module_in"]


def module_in(requirement: str, path: str) -> Any:
    """The module at that path of a wheel, which imports nothing else of its library.

    Skips the test where the wheel cannot be fetched: with WEBHOOK_VERIFY_NO_SKIPS it fails.
    """
    file = _fetched(requirement, path)
    spec = importlib.util.spec_from_file_location(f"{file.stem}_of_a_wheel", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def definition_in(requirement: str, path: str, name: str, imported: Mapping[str, object]) -> Any:
    """The class or function of that name in a file, with what the file imports for it."""
    tree = ast.parse(_fetched(requirement, path).read_text("utf-8"))
    definitions = (ast.ClassDef, ast.FunctionDef)
    [found] = [each for each in ast.walk(tree) if isinstance(each, definitions) and each.name == name]
    namespace: dict[str, Any] = dict(imported)
    exec(compile(ast.Module([found], []), path, "exec"), namespace)
    return namespace[name]


def _fetched(requirement: str, path: str) -> Path:
    directory, problem = kept("wheel", (requirement, path), partial(_install, requirement, path))
    needed(problem)
    return directory / path


def _install(requirement: str, path: str, directory: Path) -> str:
    wheels = directory / "wheels"
    options = ["--quiet", "--no-deps", "--only-binary=:all:", f"--dest={wheels}"]
    done = run([sys.executable, "-m", "pip", "download", *options, requirement], directory)
    if done.returncode:
        return f"pip: {done.stderr[-300:]}"
    [wheel] = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extract(path, directory)
    shutil.rmtree(wheels)
    return ""
