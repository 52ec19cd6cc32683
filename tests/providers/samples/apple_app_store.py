"""The sample of Apple's App Store Server Notifications."""

from __future__ import annotations

import json
from functools import cache

from tests.providers.jws_keys import chain, signing_pem
from tests.providers.sample import Sample, Signed
from webhook_verify.schemes.providers.apple_app_store import AppleAppStore

__all__ = ["APPLE", "SAMPLE"]

APPLE = AppleAppStore(environment="Sandbox", roots=chain()[2].pem)


@cache  # a signature differs each time, and it is a part of the body
def _body(bundle: str, timestamp: int, id: str) -> bytes:
    payload = {
        "notificationType": "TEST",
        "notificationUUID": id,
        "version": "2.0",
        "signedDate": timestamp * 1000,
        "data": {"bundleId": bundle, "environment": "Sandbox"},
    }
    return SAMPLE.signer(signing_pem(*chain())).sign_body(json.dumps(payload).encode(), timestamp=timestamp)


def _by_apple(sample: Sample, bundle: str, timestamp: int, id: str) -> Signed:
    return _body(bundle, timestamp, id), {}


SAMPLE = Sample(scheme=APPLE, secret="com.example.app", other_secret="com.example.other", sign=_by_apple)
