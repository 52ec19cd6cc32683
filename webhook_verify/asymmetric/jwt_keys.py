"""JSON Web Tokens (RFC 7519), whose algorithm is pinned: the token has no say in it."""

from __future__ import annotations

import json
from typing import Any

from webhook_verify.asymmetric.ecdsa_rsa import checked_rsa

try:
    import jwt
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
except ImportError as missing:
    raise ImportError(
        "a provider with JSON Web Tokens needs the package pyjwt: pip install 'webhook-verify[asymmetric]'"
    ) from missing

__all__ = ["claims_in", "key_of", "keys_in"]

_UNCHECKED = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}


def claims_in(token: str, key: Any, algorithm: str) -> dict[str, Any] | None:
    """The claims of a token that this key has signed with this algorithm, else None. Raises nothing.

    Only the signature is checked: what the claims must be, and when, is for the scheme to say.
    """
    options: Any = {"verify_signature": True, **_UNCHECKED}
    try:
        return jwt.decode(token, key, algorithms=[algorithm], options=options)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        return None


def key_of(jwk: object, algorithm: str) -> Any:
    """The public key of a JSON Web Key (RFC 7517) for RS256 or ES256. Raises ValueError for any other."""
    given: Any = jwk
    try:
        key: Any = jwt.PyJWK(given, algorithm).key
    except (jwt.PyJWTError, TypeError, AttributeError):
        raise ValueError(f"this is no JSON Web Key for {algorithm}") from None
    if algorithm == "RS256":
        return checked_rsa(key)
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("this is no public key of the curve P-256")
    return key


def keys_in(jwks: bytes, algorithm: str) -> dict[str, Any]:
    """The public keys of a JSON Web Key Set by their ids, without those that are for something else.

    Raises ValueError if there are none.
    """
    keys: dict[str, Any] = {}
    for jwk in json.loads(jwks)["keys"]:
        try:
            keys[jwk["kid"]] = key_of(jwk, algorithm)
        except ValueError:
            continue
    if not keys:
        raise ValueError(f"the set has no key for {algorithm}")
    return keys
