"""Who says that a row is right: a published vector, or the provider's own library on the other side.

A test that compares with another implementation is decorated with :func:`interop`, which notes it;
test_every_interop_source.py fails for a registered scheme that has none, and prints the sources of each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

__all__ = ["CODE_SAMPLE", "DELIVERY_VECTORS", "DESCRIPTION", "INTEROP_SOURCES", "interop"]

DELIVERY_VECTORS = "delivery vectors of a second implementation"
CODE_SAMPLE = "the code sample in the provider's documentation, rewritten in Python"
DESCRIPTION = "the description in the provider's documentation"
"""Sources that are made from the documentation: they vouch for less than a library or an example."""

INTEROP_SOURCES: dict[str, list[str]] = {}
"""Scheme name to the sources that vouch for it, such as ``stripe (PyPI)`` or ``GitHub's documentation``."""

_Test = TypeVar("_Test", bound=Callable[..., object])


def interop(*names: str, by: str) -> Callable[[_Test], _Test]:
    """Note that this test holds the schemes against ``by``."""
    for name in names:
        INTEROP_SOURCES.setdefault(name, []).append(by)

    def unchanged(test: _Test) -> _Test:
        return test

    return unchanged
