"""The samples, a module for each scheme. None imports an SDK: the tests of other packages take them, too."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.providers.sample import Sample

__all__ = ["SAMPLES"]

_MODULES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__")

SAMPLES: dict[str, Sample] = {
    sample.name: sample for sample in (import_module(f"{__name__}.{stem}").SAMPLE for stem in _MODULES)
}
"""The sample of each scheme by its name, in the order of the modules' names."""
