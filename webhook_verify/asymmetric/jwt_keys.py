"""JSON Web Tokens (RFC 7519). The scheme determines the algorithm, not the header of the token."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from webhook_verify.asymmetric.ecdsa_rsa import checked_rsa

try:
    import jwt
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
except ImportError as _missing:
    raise ImportError(
        "a provider with JSON Web Tokens needs the package pyjwt: pip install 'webhook-verify[asymmetric]'"
    ) from _missing

__all__ = ["claims_in", "key_of", "keys_in"]

_P256_BYTES = 32
_UNCHECKED = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}


def claims_in(token: str, key: Any, algorithm: str) -> dict[str, Any] | None:
    """Return the claims of a token if its signature is valid. Never raises.

    Only the signature is checked. The scheme checks the claims and their times.

    Args:
        token: The JSON Web Token.
        key: The public key.
        algorithm: The required algorithm, `RS256` or `ES256`.

    Returns:
        The claims, or None if the signature is invalid.
    """
    options: Any = {"verify_signature": True, **_UNCHECKED}
    try:
        return jwt.decode(token, key, algorithms=[algorithm], options=options)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        return None


def key_of(jwk: object, algorithm: str) -> Any:
    """Return the public key of a JSON Web Key (RFC 7517).

    Args:
        jwk: The parsed JSON Web Key.
        algorithm: The algorithm, `RS256` or `ES256`.

    Returns:
        The key.

    Raises:
        ValueError: If `jwk` is not a key for the algorithm.
    """
    given: Any = _with_whole_coordinates(jwk)
    try:
        key: Any = jwt.PyJWK(given, algorithm).key
    except (jwt.PyJWTError, TypeError, AttributeError):
        raise ValueError(f"not a valid JSON Web Key for {algorithm}") from None
    if algorithm == "RS256":
        return checked_rsa(key)
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("the key is not a public key of the curve P-256")
    return key


def _with_whole_coordinates(jwk: Any) -> Any:
    """Restore the leading zero bytes of a coordinate, which RFC 7518, section 6.2.1.2, requires."""
    if jwk.__class__ is not dict or jwk.get("kty") != "EC":
        return jwk
    return {**jwk, **{name: _padded(jwk[name]) for name in ("x", "y") if jwk.get(name).__class__ is str}}


def _padded(coordinate: str) -> str:
    try:
        octets = urlsafe_b64decode(coordinate + "=" * (-len(coordinate) % 4))
    except ValueError:
        return coordinate
    return urlsafe_b64encode(octets.rjust(_P256_BYTES, b"\0")).decode().rstrip("=")


def keys_in(jwks: bytes, algorithm: str) -> dict[str, Any]:
    """Return the public keys of a JSON Web Key Set for an algorithm.

    Args:
        jwks: The JSON of the set.
        algorithm: The algorithm, `RS256` or `ES256`.

    Returns:
        The keys by their ids.

    Raises:
        ValueError: If the set has no key for the algorithm.
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
