"""The sample of SparkPost."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="sparkpost",
    secret="hook:correct-horse-battery-staple",
    other_secret="hook:another-correct-horse-battery",
    body=text_body('[{"msys": {"message_event": {"type": "delivery", "event_id": "ID"}}}]'),
)
