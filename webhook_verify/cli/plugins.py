"""The option `--plugin`: import a module that registers custom schemes."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import click

from webhook_verify.cli.usage_errors import HIDDEN, UsageError, error_location, has_secret_shape

__all__ = ["load_all"]


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


def _load(name: str) -> None:
    if not name.endswith(".py"):
        # Search the current folder, as python -m does; sys.path of an installed script starts with the
        # script's folder. Only for this import: a module here must not shadow one that is imported later.
        here = os.getcwd()
        is_new = here not in sys.path
        if is_new:
            sys.path.insert(0, here)
        try:
            import_module(name)
        finally:
            if is_new:
                sys.path.remove(here)
        return
    spec = spec_from_file_location(Path(name).stem, name)
    if spec is None or spec.loader is None:
        raise ImportError
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
