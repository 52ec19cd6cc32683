"""The sample of version 2 of Plivo."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample
from tests.providers.samples.plivo import SAMPLE as PLIVO

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="plivo-v2",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=PLIVO.body,
    url="https://example.com/hooks?tenant=1",
)
