"""``--plugin MODULE``: a user's module that registers schemes, so that ``--scheme`` knows them."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import click

from webhook_verify.cli.usage_errors import UsageError, error_location

__all__ = ["load_all"]


def load_all(context: click.Context, option: click.Parameter, names: tuple[str, ...]) -> None:
    """Import each, a module by its name or a file by its path. Raises UsageError if one fails."""
    for name in names:
        try:
            _load(name)
        except Exception as error:
            # The message is the module's own and may hold anything: its type and line are told.
            raise UsageError(
                f"--plugin cannot be imported: {type(error).__name__}{error_location(error)}"
            ) from None


def _load(name: str) -> None:
    if not name.endswith(".py"):
        # As python -m does; an installed script's path is that of its own folder. For this import alone: a
        # module in that folder must not take the place of one that is imported later.
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
