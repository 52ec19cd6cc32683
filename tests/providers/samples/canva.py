"""The sample of Canva."""

from __future__ import annotations

from tests.providers.sample import BASE64_SECRET, OTHER_BASE64_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="canva",
    secret=BASE64_SECRET,
    other_secret=OTHER_BASE64_SECRET,
    body=text_body('{"user": "ID", "type": "IMAGE"}'),
    url="https://example.com/canva/content/resources/find",
)
