"""The sample of Zapier."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="zapier",
    secret="a-token-that-you-chose",
    other_secret="another-token-that-you-chose",
    body=text_body('{"id": "ID"}'),
)
