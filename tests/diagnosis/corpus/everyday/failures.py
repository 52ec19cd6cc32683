"""All everyday failures."""

from __future__ import annotations

from functools import cache

from tests.diagnosis.corpus.everyday import bodies, headers, secrets, settings, signatures
from tests.diagnosis.corpus.failure import Failure

__all__ = ["failures"]


@cache
def failures() -> tuple[Failure, ...]:
    """Return them in the same order each time."""
    modules = (bodies, secrets, headers, signatures, settings)
    return tuple(failure for module in modules for failure in module.failures())
