"""The sample of Shopify."""

from __future__ import annotations

from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="shopify",
    secret="hush-this-is-the-client-secret",
    other_secret="the-client-secret-of-another-app",
    body=json_body(topic="orders/create", name="#1001"),
)
