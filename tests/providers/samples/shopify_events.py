"""The sample of Shopify's newer events."""

from __future__ import annotations

from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="shopify-events",
    secret="hush-this-is-the-client-secret",
    other_secret="the-client-secret-of-another-app",
    body=json_body(topic="Order", action="create"),
)
