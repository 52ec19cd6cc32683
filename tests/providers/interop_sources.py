"""Who vouches for each scheme, in words: of the tests that bring a witness, and of nobody else.

tools/provider_pages.py writes it into the pages, so that no page says more than is tested.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.providers.interop import INTEROP_SOURCES
from webhook_verify import schemes

__all__ = ["BY"]

for _module in sorted(Path(__file__).parent.glob("test_interop_*.py")):
    import_module(f"tests.providers.{_module.stem}")


def _told(sources: list[str]) -> str:
    """Each source once: ``stripe (PyPI), signing`` is no other than ``stripe (PyPI)``."""
    distinct = [*dict.fromkeys(sources)]
    kept = [one for one in distinct if not any(one.startswith(f"{other},") for other in distinct)]
    return "; ".join(kept)


BY: dict[str, str] = {name: _told(INTEROP_SOURCES.get(name, [])) for name in schemes.names()}
"""Scheme name to its witnesses, "" where there is none."""
