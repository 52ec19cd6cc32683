"""Who vouches for whom: every registered scheme has a witness that is not ours, and a sample.

docs/providers/README.md is the table, and ``pytest -v`` prints it, too.
"""

from __future__ import annotations

from pathlib import Path

from tests.providers.interop import INTEROP_SOURCES
from tests.providers.interop_sources import BY
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import schemes

NAMES = schemes.names()

# Made before the providers were rows: what must be refused of them is tested there.
TESTED_ELSEWHERE = {
    "standard-webhooks": "tests/conformance",
    "svix": "tests/conformance",
    "lithic": "tests/schemes/test_lithic.py",
    "emporix": "tests/schemes/test_emporix.py",
}


@rows("name", NAMES, ids=[f"{name}: {BY[name] or 'nobody'}" for name in NAMES])
def test_somebody_else_vouches_for_a_scheme(name: str) -> None:
    assert BY[name], f"{name} has no witness: a published vector, or the provider's own library"


@rows("name", NAMES)
def test_a_scheme_has_a_sample(name: str) -> None:
    elsewhere = TESTED_ELSEWHERE.get(name, "")
    assert name in SAMPLES or (elsewhere and (Path(__file__).parents[2] / elsewhere).exists())


def test_nobody_vouches_for_a_scheme_that_is_not_there() -> None:
    assert set(INTEROP_SOURCES) <= set(NAMES)
