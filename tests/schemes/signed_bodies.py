"""Genuine bodies of Mailgun, Adyen and Microsoft Graph, and what verifying others comes to."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from typing import Any

import pytest

from webhook_verify import MalformedDelivery, Reason, RejectedDelivery, Verifier

__all__ = [
    "ADYEN",
    "CHANGE",
    "EVENT",
    "GENUINE",
    "GRAPH",
    "HEX",
    "ITEM",
    "MAILGUN",
    "NOW",
    "OTHER_HEX",
    "TOKEN",
    "VERIFIERS",
    "assert_unreadable",
    "batch",
    "changes",
    "content",
    "each",
    "email",
    "item",
    "proof",
    "refusal",
]

NOW = 1_790_000_000
HEX = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
OTHER_HEX = "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00"
MAILGUN, ADYEN, GRAPH = "mailgun", "adyen", "microsoft-graph"
VERIFIERS = {name: Verifier(HEX, scheme=name, clock=lambda: NOW) for name in (MAILGUN, ADYEN, GRAPH)}
each = pytest.mark.parametrize("scheme", VERIFIERS)

TOKEN = "e0b5477167110d68991efc6b9f89f0a11066af27834600e123"
EVENT = {"event": "opened", "recipient": "alice@example.com"}
ITEM: dict[str, Any] = {
    "amount": {"value": 1130, "currency": "EUR"},
    "pspReference": "7914073381342284",
    "eventCode": "AUTHORISATION",
    "merchantAccountCode": "TestMerchant",
    "merchantReference": "TestPayment-1407325143704",
    "success": "true",
}
CHANGE = {"clientState": HEX, "changeType": "created"}


def proof(timestamp: object = str(NOW), token: object = TOKEN, key: str = HEX) -> dict[str, Any]:
    """Mailgun's signature object, by the standard library alone."""
    mac = hmac.digest(key.encode(), f"{timestamp}{token}".encode("utf-8", "surrogatepass"), "sha256").hex()
    return {"timestamp": timestamp, "token": token, "signature": mac}


def email(**signature: Any) -> bytes:
    return json.dumps({"signature": {**proof(), **signature}, "event-data": EVENT}).encode()


def content(item: dict[str, Any]) -> str:
    """What Adyen signs of an item."""
    amount = item.get("amount", {})
    names = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
    texts = [item.get(name, "") for name in names]
    texts += [
        amount.get("value", ""),
        amount.get("currency", ""),
        item.get("eventCode", ""),
        item.get("success", ""),
    ]
    return ":".join(map(str, texts))


def item(key: str = HEX, signed: str | None = None, **other: Any) -> dict[str, Any]:
    """An item with those fields, signed as it is, or with that signed content."""
    changed = {**ITEM, **other}
    text = content(changed) if signed is None else signed
    mac = hmac.digest(bytes.fromhex(key), text.encode("utf-8", "surrogatepass"), "sha256")
    return {**changed, "additionalData": {"hmacSignature": b64encode(mac).decode()}}


def batch(*items: Any) -> bytes:
    return json.dumps({"notificationItems": [{"NotificationRequestItem": each} for each in items]}).encode()


def changes(*items: Any) -> bytes:
    return json.dumps({"value": items}).encode()


GENUINE = {MAILGUN: email(), ADYEN: batch(item()), GRAPH: changes(CHANGE)}


def refusal(scheme: str, body: bytes) -> RejectedDelivery:
    with pytest.raises(RejectedDelivery) as caught:
        VERIFIERS[scheme].verify(body, {})
    assert caught.value.__context__ is None, "the original error would carry the body along"
    return caught.value


def assert_unreadable(scheme: str, body: bytes) -> None:
    error = refusal(scheme, body)
    assert isinstance(error, MalformedDelivery)
    assert error.reason is Reason.UNREADABLE_BODY
