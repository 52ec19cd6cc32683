"""The sample of Vanta."""

from __future__ import annotations

from tests.providers.sample import OTHER_WHSEC_SECRET, WHSEC_SECRET, Sample

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="vanta",
    secret=WHSEC_SECRET,
    other_secret=OTHER_WHSEC_SECRET,
)
