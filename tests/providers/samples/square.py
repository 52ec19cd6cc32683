"""The sample of Square."""

from __future__ import annotations

from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="square",
    secret="asdf1234QWERsquareSignatureKey",
    other_secret="anotherSquareSignatureKey5678",
    body=json_body(event_id="{id}", type="payment.updated"),
    url="https://shop.example/webhooks/square",
)
