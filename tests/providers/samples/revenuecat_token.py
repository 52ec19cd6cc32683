"""The sample of RevenueCat (authorization header)."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="revenuecat-token",
    secret="Bearer a-token-that-you-chose",
    other_secret="Bearer another-token-that-you-chose",
    body=text_body('{"api_version": "1.0", "event": {"id": "ID", "type": "INITIAL_PURCHASE"}}'),
)
