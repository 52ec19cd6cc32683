"""The sample of Linear."""

from __future__ import annotations

from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="linear",
    secret="lin_wh_9sYk2PqUv0Lq4mT7",
    other_secret="lin_wh_anotherOne8xZ1c3V",
    body=json_body(action="create", type="Issue", webhookTimestamp="{timestamp}000"),
)
