"""The sample of GitLab with its signature."""

from __future__ import annotations

from tests.providers.sample import OTHER_WHSEC_SECRET, WHSEC_SECRET, Sample

__all__ = ["SAMPLE"]

SAMPLE = Sample(scheme="gitlab", secret=WHSEC_SECRET, other_secret=OTHER_WHSEC_SECRET)
