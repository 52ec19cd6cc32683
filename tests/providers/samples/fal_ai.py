"""The sample of fal.ai."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.providers.key_pairs import ed25519_hex
from tests.providers.sample import Sample, Signed
from webhook_verify.schemes.providers.fal_ai import FalAi

__all__ = ["FAL", "SAMPLE", "fal_jwks"]


def fal_jwks(*numbers: int) -> bytes:
    """The key set with these key pairs."""
    public = [bytes.fromhex(ed25519_hex(number)[0]) for number in numbers]
    keys = [
        {"kty": "OKP", "crv": "Ed25519", "x": urlsafe_b64encode(key).decode().rstrip("=")} for key in public
    ]
    return json.dumps({"keys": keys}).encode()


def _fal(url: str, content: bytes | None = None) -> bytes:
    assert (url, content) == ("https://rest.alpha.fal.ai/.well-known/jwks.json", None)
    return fal_jwks(0, 1)


FAL = FalAi(fetch=_fal)


def _by_fal(sample: Sample, user: str, timestamp: int, id: str) -> Signed:
    body = b'{"request_id": "%b", "status": "OK", "payload": {"text": "\xc3\xbc"}}' % id.encode()
    content = f"{id}\n{user}\n{timestamp}\n{sha256(body).hexdigest()}".encode()
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(ed25519_hex(0)[1]))
    return body, {
        "x-fal-webhook-request-id": id,
        "x-fal-webhook-user-id": user,
        "x-fal-webhook-timestamp": str(timestamp),
        "x-fal-webhook-signature": key.sign(content).hex(),
    }


SAMPLE = Sample(scheme=FAL, secret="github|1001", other_secret="github|1002", sign=_by_fal)
