"""Key pairs of HTTP message signatures, as JSON Web Keys."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from functools import cache
from typing import Any

from tests.providers.key_pairs import ed25519_hex, p256

__all__ = ["ed25519_jwk", "jwk_set", "p256_jwk"]


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")


@cache
def ed25519_jwk(number: int, key_id: str, **members: str) -> tuple[str, str]:
    """(public, private) as JSON."""
    public, private = ed25519_hex(number)
    jwk = {"kty": "OKP", "crv": "Ed25519", "kid": key_id, "x": _text(bytes.fromhex(public)), **members}
    return json.dumps(jwk), json.dumps({**jwk, "d": _text(bytes.fromhex(private))})


@cache
def p256_jwk(number: int, key_id: str, **members: str) -> tuple[str, str]:
    """(public, private) as JSON."""
    numbers = p256(number).private_numbers()
    x, y = (value.to_bytes(32) for value in (numbers.public_numbers.x, numbers.public_numbers.y))
    jwk = {"kty": "EC", "crv": "P-256", "kid": key_id, "x": _text(x), "y": _text(y), **members}
    return json.dumps(jwk), json.dumps({**jwk, "d": _text(numbers.private_value.to_bytes(32))})


def jwk_set(*jwks: str, member: str = "keys") -> str:
    """The JSON of a set of keys."""
    keys: list[dict[str, Any]] = [json.loads(jwk) for jwk in jwks]
    return json.dumps({member: keys})
