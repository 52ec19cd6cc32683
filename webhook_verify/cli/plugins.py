"""The imports of a user's modules: `--plugin` with custom schemes, and an application."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from operator import attrgetter
from pathlib import Path
from typing import Any

import click

from webhook_verify.cli.usage_errors import HIDDEN, UsageError, error_location, has_secret_shape

__all__ = ["in_current_folder", "load_all", "load_object"]


def load_all(context: click.Context, option: click.Parameter, names: tuple[str, ...]) -> None:
    """Import modules by name or files by path. Raises UsageError if an import fails."""
    for name in names:
        try:
            _load(name)
        except Exception as error:
            # The message may contain anything, even a secret, so only the type and the line are shown.
            raise UsageError(
                f"--plugin: import of {_shown_module(name)} failed with {type(error).__name__}"
                f"{error_location(error)}"
            ) from None


def _shown_module(name: str) -> str:
    return HIDDEN if has_secret_shape(name.removesuffix(".py")) else name


def load_object(name: str, option: str) -> object:
    """Return the object `MODULE:NAME`; `NAME()` calls a factory. Raises UsageError if this fails."""
    module_name, _, attribute = name.partition(":")
    path = attribute.removesuffix("()")
    if not all(part.isidentifier() for part in [*module_name.split("."), *path.split(".")]):
        raise UsageError(f"{option} must have the form MODULE:NAME, such as myproject.app:app")
    with in_current_folder():
        try:
            found: Any = attrgetter(path)(import_module(module_name))
            return found() if attribute != path else found
        except Exception as error:
            # The message may contain anything, even a secret, so only the type and the line are shown.
            raise UsageError(
                f"{option}: import of {_shown_module(module_name)} failed with {type(error).__name__}"
                f"{error_location(error)}"
            ) from None


@contextmanager
def in_current_folder() -> Generator[None]:
    """Search modules in the current folder, too, as python -m does.

    `sys.path` of an installed script starts with the script's folder. This is only for one import: a module
    here must not shadow one that is imported later.
    """
    here = os.getcwd()
    is_new = here not in sys.path
    if is_new:
        sys.path.insert(0, here)
    try:
        yield
    finally:
        if is_new:
            sys.path.remove(here)


def _load(name: str) -> None:
    if not name.endswith(".py"):
        with in_current_folder():
            import_module(name)
        return
    spec = spec_from_file_location(Path(name).stem, name)
    if spec is None or spec.loader is None:
        raise ImportError
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
