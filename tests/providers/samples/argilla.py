"""The sample of Argilla."""

from __future__ import annotations

from tests.providers.sample import OTHER_WHSEC_SECRET, WHSEC_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="argilla",
    secret=WHSEC_SECRET,
    other_secret=OTHER_WHSEC_SECRET,
    body=text_body('{"type": "dataset.created", "data": {"id": "ID"}}'),
)
