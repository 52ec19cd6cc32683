"""The sample of monday.com."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="monday",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body('{"event": {"type": "create_item", "pulseId": 7}}'),
    url="https://example.com/hooks?tenant=1",
    method="POST",
)
