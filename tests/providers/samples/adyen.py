"""The sample of Adyen."""

from __future__ import annotations

import json

from tests.providers.sample import Sample, sign_in_body

__all__ = ["SAMPLE"]


def _item(timestamp: int, msg_id: str) -> bytes:
    item = {
        "additionalData": {"expiryDate": "03/2030"},
        "amount": {"value": 1130, "currency": "EUR"},
        "pspReference": msg_id,
        "eventCode": "AUTHORISATION",
        "eventDate": "2026-11-21T17:15:34+02:00",
        "merchantAccountCode": "TestMerchant",
        "merchantReference": "order 14:05",
        "success": "true",
    }
    return json.dumps({"live": "false", "notificationItems": [{"NotificationRequestItem": item}]}).encode()


SAMPLE = Sample(
    scheme="adyen",
    secret="44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
    other_secret="DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00",
    body=_item,
    sign=sign_in_body,
)
