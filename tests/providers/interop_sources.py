"""Who vouches for each scheme, in words: the sources of the interop tests, and nobody else.

tools/provider_pages.py writes it into the pages, so that no page says more than is tested.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.providers.interop import INTEROP_SOURCES
from webhook_verify import schemes

__all__ = ["BY"]

# Every module of interop tests. One that imports this module must have none, or it would be a cycle.
for _path in sorted(Path(__file__).parent.glob("test_*.py")):
    if "\n@interop(" in _path.read_text("utf-8"):
        import_module(f"tests.providers.{_path.stem}")


def _schemes_of(source: str) -> int:
    return sum(source in sources for sources in INTEROP_SOURCES.values())


def _in_words(sources: list[str]) -> str:
    """Each source once, the one that speaks for most schemes last, whichever module was imported first.

    ``stripe (PyPI), signing`` is no other than ``stripe (PyPI)``.
    """
    distinct = [*dict.fromkeys(sources)]
    kept = [one for one in distinct if not any(one.startswith(f"{other},") for other in distinct)]
    return "; ".join(sorted(kept, key=_schemes_of))


BY: dict[str, str] = {name: _in_words(INTEROP_SOURCES.get(name, [])) for name in schemes.names()}
"""Scheme name to its sources, "" where there is none."""
