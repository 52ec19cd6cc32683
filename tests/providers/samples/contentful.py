"""The sample of Contentful."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="contentful",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body('{"sys": {"id": "ID", "type": "Entry"}}'),
    url="https://example.com/hooks?tenant=1",
    method="POST",
)
