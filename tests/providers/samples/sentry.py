"""The sample of Sentry."""

from __future__ import annotations

from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="sentry",
    secret="b62e9f6a2c2c4c7e8d3f7c0a9b1d5e4f",
    other_secret="11111111111111111111111111111111",
    body=json_body(action="created", actor="sentry"),
)
