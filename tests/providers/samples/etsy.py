"""The sample of Etsy."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="etsy",
    secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    other_secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    body=text_body('{"event_type": "order.paid", "shop_id": "1", "resource_url": "ID"}'),
)
