"""The sample of Attio."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="attio",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body(
        '{"webhook_id": "w1", "events": [{"event_type": "record.created", "id": {"record_id": "ID"}}]}'
    ),
)
