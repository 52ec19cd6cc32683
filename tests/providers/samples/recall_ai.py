"""The sample of Recall.ai."""

from __future__ import annotations

from tests.providers.sample import OTHER_WHSEC_SECRET, WHSEC_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="recall-ai",
    secret=WHSEC_SECRET,
    other_secret=OTHER_WHSEC_SECRET,
    body=text_body('{"event": "bot.done", "data": {"bot": {"id": "ID"}}}'),
)
