"""The sample of Slack."""

from __future__ import annotations

from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="slack",
    secret="8f742231b10e8888abcd99yyyzzz85a5",
    other_secret="00742231b10e8888abcd99yyyzzz85a5",
    body=json_body(type="event_callback", event_id="{id}"),
)
