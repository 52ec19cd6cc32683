"""The sample of Squarespace."""

from __future__ import annotations

from tests.providers.sample import TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="squarespace",
    secret=TEXT_SECRET,
    other_secret="0b5a04f2c1d6437e8f9a0b1c2d3e4f56",
    body=text_body('{"id": "ID", "topic": "order.create"}'),
)
