"""The sample of Braintree."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, sign_in_body, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="braintree",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body("<notification><kind>subscription_went_past_due</kind><id>ID</id></notification>"),
    sign=sign_in_body,
)
