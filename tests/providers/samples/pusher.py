"""The sample of Pusher Channels."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="pusher",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body('{"time_ms": 1790000000000, "events": [{"name": "channel_occupied", "channel": "ID"}]}'),
)
