"""Samples of providers whose signature or signed content lies in the body or the address."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from tests.providers.sample import Sample, Signed
from webhook_verify import Secret, schemes
from webhook_verify.schemes.body_scheme import BodyScheme

__all__ = ["SAMPLES"]

URL = "https://example.com/hooks?tenant=1"


def _in_body(sample: Sample, secret: Any, timestamp: int, msg_id: str) -> Signed:
    scheme = schemes.resolve(sample.scheme)
    assert isinstance(scheme, BodyScheme)
    secret = secret if isinstance(secret, Secret) else Secret(secret)
    body = sample.body(timestamp, msg_id)
    return scheme.sign_body(body, scheme.signing_key(secret), id=msg_id, timestamp=timestamp), {}


def _form(timestamp: int, msg_id: str) -> bytes:
    return urlencode(
        [("Body", "Grüße & +"), ("AccountSid", "AC1"), ("Digits", "2"), ("Digits", "1")]
    ).encode()


def _events(timestamp: int, msg_id: str) -> bytes:
    event = {"eventId": msg_id, "subscriptionId": 7, "portalId": 62515, "occurredAt": timestamp * 1000 - 5}
    return json.dumps([{**event, "subscriptionType": "contact.creation", "attemptNumber": 0}]).encode()


def _email(timestamp: int, msg_id: str) -> bytes:
    return b'{"event-data": {"event": "opened", "recipient": "alice@example.com"}}'


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


def _changes(timestamp: int, msg_id: str) -> bytes:
    change = {"subscriptionId": "7f105c7d", "changeType": "created", "resource": "users/1/messages/2"}
    return json.dumps({"value": [{**change, "id": msg_id}, {**change, "changeType": "updated"}]}).encode()


SAMPLES: list[Sample] = [
    Sample(
        scheme="twilio",
        secret="0123456789abcdef0123456789abcdef",
        other_secret="fedcba9876543210fedcba9876543210",
        body=_form,
        url=URL,
    ),
    Sample(
        scheme="twilio-sha256",
        secret="0123456789abcdef0123456789abcdef",
        other_secret="fedcba9876543210fedcba9876543210",
        body=_form,
        url=URL,
    ),
    Sample(
        scheme="hubspot",
        secret="yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
        other_secret="zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz",
        body=_events,
        url=URL,
        method="POST",
    ),
    Sample(
        scheme="mailgun",
        secret="0123456789abcdef0123456789abcdef",
        other_secret="fedcba9876543210fedcba9876543210",
        body=_email,
        sign=_in_body,
    ),
    Sample(
        scheme="adyen",
        secret="44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
        other_secret="DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00",
        body=_item,
        sign=_in_body,
    ),
    Sample(
        scheme="adyen-header",
        secret="44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
        other_secret="DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00",
    ),
    Sample(
        scheme="microsoft-graph",
        secret="0d5f8a0e-a-client-state-that-we-chose",
        other_secret="another-client-state-that-we-chose",
        body=_changes,
        sign=_in_body,
    ),
]
