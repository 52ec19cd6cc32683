"""The sample of Plaid."""

from __future__ import annotations

import json
from hashlib import sha256

import jwt

from tests.providers.key_pairs import jwk_of, p256
from tests.providers.sample import Sample, Signed
from webhook_verify.schemes.providers.plaid import Plaid

__all__ = ["CREDENTIALS", "PLAID", "SAMPLE"]

CREDENTIALS = "client-1:hunter2-of-plaid"


def _plaid(url: str, content: bytes | None = None) -> bytes:
    """Answers whoever has credentials, each with a key of its own, as another environment would."""
    assert url == "https://production.plaid.com/webhook_verification_key/get"
    asked = json.loads(content or b"")
    key = p256(["client-1", "client-2"].index(asked["client_id"]))
    return json.dumps(
        {"key": {**jwk_of(key, asked["key_id"]), "expired_at": None}, "request_id": "r"}
    ).encode()


PLAID = Plaid(fetch=_plaid)


def _by_plaid(sample: Sample, credentials: str, timestamp: int, id: str) -> Signed:
    body = b'{\n  "webhook_type": "ITEM"\n}'
    claims = {"iat": timestamp, "request_body_sha256": sha256(body).hexdigest()}
    key = p256(0 if credentials == CREDENTIALS else 1)
    return body, {"plaid-verification": jwt.encode(claims, key, "ES256", headers={"kid": "6c5516e1-92dc"})}


SAMPLE = Sample(scheme=PLAID, secret=CREDENTIALS, other_secret="client-2:secret-2", sign=_by_plaid)
