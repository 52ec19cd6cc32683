"""The sample of Mercado Pago."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="mercado-pago",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body('{"action": "payment.updated", "type": "payment", "data": {"id": "ID"}, "id": "ID"}'),
    url="https://example.com/hooks/mercado?data.id=PAY123&type=payment",
)
