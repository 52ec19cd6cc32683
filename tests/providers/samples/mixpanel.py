"""The sample of Mixpanel cohort sync."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="mixpanel",
    secret="hook:correct-horse-battery-staple",
    other_secret="hook:another-correct-horse-battery",
    body=text_body('{"action": "members", "parameters": {"mixpanel_session_id": "ID"}}'),
)
