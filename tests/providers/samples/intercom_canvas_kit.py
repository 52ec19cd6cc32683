"""The sample of Intercom Canvas Kit."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="intercom-canvas-kit",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body('{"workspace_id": "w1", "admin": {"id": "ID"}, "component_id": "submit"}'),
)
