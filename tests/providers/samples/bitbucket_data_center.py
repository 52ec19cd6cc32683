"""The sample of Bitbucket Data Center."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample

__all__ = ["SAMPLE"]

SAMPLE = Sample(scheme="bitbucket-data-center", secret=TEXT_SECRET, other_secret=OTHER_TEXT_SECRET)
