"""The sample of Snyk."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="snyk",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body('{"project": {"id": "ID"}, "newIssues": []}'),
)
