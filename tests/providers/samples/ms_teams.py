"""The sample of Microsoft Teams outgoing webhook."""

from __future__ import annotations

from tests.providers.sample import BASE64_SECRET, OTHER_BASE64_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="ms-teams",
    secret=BASE64_SECRET,
    other_secret=OTHER_BASE64_SECRET,
    body=text_body('{"type": "message", "id": "ID", "text": "Hello"}'),
)
