"""The sample of Authorize.net."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="authorize-net",
    secret="44782DEF547AAA06C910C43932B1EB0C" * 4,
    other_secret="DFB1EB5485895CFA84146406857104AB" * 4,
    body=text_body(
        '{"notificationId": "ID", "eventType": "net.authorize.payment.authcapture.created", "payload": {}}'
    ),
)
