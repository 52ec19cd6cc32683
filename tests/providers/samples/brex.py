"""The sample of Brex."""

from __future__ import annotations

from tests.providers.sample import BASE64_SECRET, OTHER_BASE64_SECRET, Sample

__all__ = ["SAMPLE"]

SAMPLE = Sample(scheme="brex", secret=BASE64_SECRET, other_secret=OTHER_BASE64_SECRET)
