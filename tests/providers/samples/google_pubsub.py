"""The sample of Google Pub/Sub."""

from __future__ import annotations

import json
from typing import Any

import jwt

from tests.providers.key_pairs import jwk_of, rsa_key
from tests.providers.sample import Sample, Signed
from webhook_verify.schemes.providers.google_pubsub import GooglePubSub

__all__ = ["ACCOUNT", "ENDPOINT", "GOOGLE", "SAMPLE", "google_claims"]

ENDPOINT = "https://shop.example/webhooks/pubsub"
ACCOUNT = "push@shop-1.iam.gserviceaccount.com"


def _google(url: str, content: bytes | None = None) -> bytes:
    assert (url, content) == ("https://www.googleapis.com/oauth2/v3/certs", None)
    return json.dumps({"keys": [jwk_of(rsa_key(0), "key-1"), jwk_of(rsa_key(1), "key-2")]}).encode()


GOOGLE = GooglePubSub(fetch=_google)


def google_claims(timestamp: int, email: str = ACCOUNT, **changed: Any) -> dict[str, Any]:
    """The claims of Google's documentation."""
    claims = {
        "aud": ENDPOINT,
        "azp": "113774264463038321964",
        "email": email,
        "sub": "113774264463038321964",
        "email_verified": True,
        "exp": timestamp + 3600,
        "iat": timestamp,
        "iss": "https://accounts.google.com",
        **changed,
    }
    return {name: value for name, value in claims.items() if value is not None}


def _by_google(sample: Sample, email: str, timestamp: int, id: str) -> Signed:
    body = json.dumps({"message": {"data": "eA==", "messageId": id}, "subscription": "s"}).encode()
    token = jwt.encode(google_claims(timestamp, email), rsa_key(0), "RS256", headers={"kid": "key-1"})
    return body, {"authorization": f"Bearer {token}"}


SAMPLE = Sample(
    scheme=GOOGLE,
    secret=ACCOUNT,
    other_secret="push@elsewhere.iam.gserviceaccount.com",
    sign=_by_google,
    url=ENDPOINT,
    method="POST",
)
