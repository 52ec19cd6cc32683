"""The sample of Intercom."""

from __future__ import annotations

from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="intercom",
    secret="f2188099-cf86-4217-903a-1bb5a3a51005",
    other_secret="0c1f9d2e-70a4-4a4e-9f9a-8d6a4f0f2b11",
    body=json_body(type="notification_event", id="{id}", topic="user.created"),
)
