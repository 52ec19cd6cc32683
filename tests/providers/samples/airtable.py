"""The sample of Airtable."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="airtable",
    secret="MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
    other_secret="C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=",
    body=text_body(
        '{"base": {"id": "app1"}, "webhook": {"id": "ach1"}, "timestamp": "2026-11-21T10:00:00.000Z"}'
    ),
)
