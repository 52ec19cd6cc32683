"""The sample of Google Gemini API."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="gemini",
    secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    other_secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    body=text_body('{"type": "batch.succeeded", "data": {"id": "ID"}}'),
)
