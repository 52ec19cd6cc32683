"""The sample of New Relic."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="new-relic",
    secret="a-token-that-you-chose",
    other_secret="another-token-that-you-chose",
    body=text_body('{"id": "ID"}'),
)
