"""Every registered scheme has an independent interoperability source and a sample.

The table is in docs/providers/README.md, and ``pytest -v`` prints it, too.
"""

from __future__ import annotations

from tests.providers.interop import INTEROP_SOURCES
from tests.providers.interop_sources import BY
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import schemes

NAMES = schemes.names()


@rows("name", NAMES, ids=[f"{name}: {BY[name] or 'nobody'}" for name in NAMES])
def test_somebody_else_vouches_for_a_scheme(name: str) -> None:
    assert BY[name], f"{name} has no interop source: a published vector, or the provider's own library"


@rows("name", NAMES)
def test_a_scheme_has_a_sample(name: str) -> None:
    assert name in SAMPLES


def test_nobody_vouches_for_a_scheme_that_is_not_there() -> None:
    assert set(INTEROP_SOURCES) <= set(NAMES)
