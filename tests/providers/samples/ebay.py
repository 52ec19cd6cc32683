"""The sample of eBay."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA1

from tests.providers.key_pairs import p256, pem_of
from tests.providers.sample import Sample, Signed
from webhook_verify.schemes.providers.ebay import Ebay

__all__ = ["CREDENTIALS", "EBAY", "KEY_ID", "SAMPLE", "by_ebay", "ebay_server", "signature_header"]

CREDENTIALS, KEY_ID = "client-1:hunter2-of-ebay", "9936261a-7d7b-4621-a0f1-96ccb428af48"


def ebay_server(url: str, content: bytes | None, headers: Mapping[str, str]) -> bytes:
    """Return a token for credentials, and the key for a token. The second client gets another key."""
    host, _, path = url.removeprefix("https://").partition("/")
    assert host == "api.ebay.com"
    kind, _, value = headers["authorization"].partition(" ")
    clients = [b64encode(text.encode()).decode() for text in (CREDENTIALS, "client-2:secret-2")]
    if path == "identity/v1/oauth2/token":
        assert content == (
            b"grant_type=client_credentials&scope=https%3A%2F%2Fapi.ebay.com%2Foauth%2Fapi_scope"
        )
        assert (kind, headers["content-type"]) == ("Basic", "application/x-www-form-urlencoded")
        return json.dumps({"access_token": f"token-{clients.index(value)}", "expires_in": 7200}).encode()
    assert (path, content) == (f"commerce/notification/v1/public_key/{KEY_ID}", None)
    assert (kind, value[:-1]) == ("Bearer", "token-")
    pem = pem_of(p256(int(value[-1])))[0].replace("\n", "")
    return json.dumps({"algorithm": "ECDSA", "digest": "SHA1", "key": pem}).encode()


def signature_header(body: bytes, number: int = 0, **changed: object) -> str:
    signature = b64encode(p256(number).sign(body, ECDSA(SHA1()))).decode()
    fields = {"alg": "ecdsa", "kid": KEY_ID, "signature": signature, "digest": "SHA1", **changed}
    return b64encode(json.dumps(fields).encode()).decode()


def by_ebay(sample: Sample, credentials: str, timestamp: int, id: str) -> Signed:
    topic = {"topic": "MARKETPLACE_ACCOUNT_DELETION"}
    body = json.dumps({"metadata": topic, "notification": {"notificationId": id}}).encode()
    return body, {"x-ebay-signature": signature_header(body, 0 if credentials == CREDENTIALS else 1)}


EBAY = Ebay(fetch=ebay_server)
SAMPLE = Sample(scheme=EBAY, secret=CREDENTIALS, other_secret="client-2:secret-2", sign=by_ebay)
