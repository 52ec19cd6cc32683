"""The sample of Trello."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="trello",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body('{"action": {"id": "ID", "type": "updateCard"}}'),
    url="https://example.com/hooks/trello",
    method="POST",
)
