"""The sample of incident.io."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="incident-io",
    secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    other_secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    body=text_body('{"event_type": "public_incident.incident_created_v2", "id": "ID"}'),
)
