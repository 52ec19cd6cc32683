"""Sinch: the published example of the Conversation API, which its libraries test with.

Sinch's Python library cannot be imported where warnings are errors.
"""

from __future__ import annotations

import json

import pytest

from tests.providers.interop import interop
from webhook_verify import SignatureMismatch, Verifier
from webhook_verify.errors import WeakSecretWarning

SECRET, TIME = "foo_secret1234", 1_634_579_353
CONTACT = {
    "id": "01FJA8B466Y0R2GNXD78MD9SM1",
    "channel_identities": [{"channel": "SMS", "identity": "48123456789", "app_id": ""}],
    "display_name": "New Test Contact",
    "email": "new.contact@email.com",
    "external_id": "",
    "metadata": "",
    "language": "EN_US",
}
EVENT = {
    "app_id": "",
    "accepted_time": "2021-10-18T17:49:13.813615Z",
    "project_id": "e2df3a34-a71b-4448-9db5-a8d2baad28e4",
    "contact_create_notification": {"contact": CONTACT},
    "message_metadata": "",
}
HEADERS = {
    "x-sinch-webhook-signature": "6bpJoRmFoXVjfJIVglMoJzYXxnoxRujzR4k2GOXewOE=",
    "x-sinch-webhook-signature-algorithm": "HmacSHA256",
    "x-sinch-webhook-signature-nonce": "01FJA8B4A7BM43YGWSG9GBV067",
    "x-sinch-webhook-signature-timestamp": str(TIME),
}


@interop("sinch", by="Sinch's published example")
def test_the_published_example() -> None:
    with pytest.warns(WeakSecretWarning):
        verifier = Verifier(SECRET, scheme="sinch", clock=lambda: TIME)
    body = json.dumps(EVENT, separators=(",", ":")).encode()

    assert verifier.verify(body, HEADERS).id == "01FJA8B4A7BM43YGWSG9GBV067"
    with pytest.raises(SignatureMismatch):
        verifier.verify(body + b" ", HEADERS)
    with pytest.raises(SignatureMismatch):
        verifier.verify(body, {**HEADERS, "x-sinch-webhook-signature-nonce": "01FJA8B4A7BM43YGWSG9GBV068"})
