"""The sample of RevenueCat."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="revenuecat",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body('{"api_version": "1.0", "event": {"id": "ID", "type": "INITIAL_PURCHASE"}}'),
)
