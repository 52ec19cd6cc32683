"""The sample of Stripe."""

from __future__ import annotations

from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="stripe",
    secret="whsec_Y2hvb3NlIG1lLCBsZXQgdGhlbSB3b25kZXI",
    other_secret="whsec_bm90IG1pbmUsIGJ1dCBvZiB0ZXN0IG1vZGU",
    body=json_body(id="{id}", object="event", type="invoice.paid"),
)
