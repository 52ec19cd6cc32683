"""All rare failures."""

from __future__ import annotations

from functools import cache

from tests.diagnosis.corpus.failure import Failure, is_rejected
from tests.diagnosis.corpus.rare import bodies, headers, later, schemes, secrets, signatures, texts, times

__all__ = ["failures"]


@cache
def failures() -> tuple[Failure, ...]:
    """Return those that are rejected, in the same order each time."""
    modules = (texts, bodies, headers, signatures, times, secrets, schemes, later)
    made = [*bodies.rewritten_by_tools(4), *(failure for module in modules for failure in module.failures())]
    return tuple(failure for failure in made if is_rejected(failure))
