"""The sample of Stytch."""

from __future__ import annotations

from tests.providers.sample import OTHER_WHSEC_SECRET, WHSEC_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="stytch",
    secret=WHSEC_SECRET,
    other_secret=OTHER_WHSEC_SECRET,
    body=text_body('{"action": "CREATE", "object_type": "user", "id": "ID"}'),
)
