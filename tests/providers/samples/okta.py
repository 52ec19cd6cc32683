"""The sample of Okta event hooks."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="okta",
    secret="a-token-that-you-chose",
    other_secret="another-token-that-you-chose",
    body=text_body('{"eventId": "ID", "data": {"events": [{"eventType": "user.lifecycle.create"}]}}'),
)
