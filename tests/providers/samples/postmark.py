"""The sample of Postmark."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="postmark",
    secret="hook:correct-horse-battery-staple",
    other_secret="hook:another-correct-horse-battery",
    body=text_body('{"RecordType": "Delivery", "MessageID": "ID"}'),
)
