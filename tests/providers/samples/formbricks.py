"""The sample of Formbricks."""

from __future__ import annotations

from tests.providers.sample import OTHER_WHSEC_SECRET, WHSEC_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="formbricks",
    secret=WHSEC_SECRET,
    other_secret=OTHER_WHSEC_SECRET,
    body=text_body('{"event": "responseCreated", "data": {"id": "ID"}}'),
)
