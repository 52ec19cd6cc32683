"""The sample of Zoom."""

from __future__ import annotations

from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="zoom",
    secret="zm-secret-token-4dT9c",
    other_secret="zm-secret-token-other",
    body=json_body(event="meeting.started", event_ts="{timestamp}000"),
)
