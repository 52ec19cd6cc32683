"""JSON Web Tokens (RFC 7519). The scheme determines the algorithm, not the header of the token."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from webhook_verify.asymmetric.ecdsa_rsa import (
    Sign,
    Signed,
    checked_rsa,
    ecdsa_p256_sha256_signer,
    public_p256,
    public_rsa,
    rsa_sha256_signer,
    rsa_signed,
)
from webhook_verify.errors import InvalidSecret

try:
    import jwt
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256
except ImportError as _missing:
    raise ImportError(
        "a provider with JSON Web Tokens needs the package pyjwt: pip install 'webhook-verify[asymmetric]'"
    ) from _missing

__all__ = [
    "key_of",
    "keys_in",
    "token_signer_of_pem",
    "token_verifier",
    "token_verifier_of_pem",
    "token_verifiers_in",
]

_P256_BYTES = 32


def token_verifier(public: Any, algorithm: str) -> Signed:
    """Return a function that verifies signatures of tokens by a public key.

    Args:
        public: The public key.
        algorithm: The algorithm, `RS256` or `ES256`.

    Returns:
        The function. An ECDSA signature is r and s, each with 32 bytes (RFC 7518, section 3.4).
    """
    if algorithm == "RS256":
        return lambda signature, message: rsa_signed(public, signature, message)
    ecdsa = ECDSA(SHA256())

    def signed(signature: bytes, message: bytes) -> bool:
        if len(signature) != 2 * _P256_BYTES:
            return False
        r, s = (int.from_bytes(part, "big") for part in (signature[:_P256_BYTES], signature[_P256_BYTES:]))
        try:
            public.verify(encode_dss_signature(r, s), message, ecdsa)
        except InvalidSignature:
            return False
        return True

    return signed


def token_verifiers_in(jwks: bytes, algorithm: str) -> dict[str, Signed]:
    """Return the functions that verify signatures of tokens by the keys of a JSON Web Key Set.

    Args:
        jwks: The JSON of the set.
        algorithm: The algorithm, `RS256` or `ES256`.

    Returns:
        The functions by the ids of the keys.

    Raises:
        InvalidSecret: If this is not a set with a key for the algorithm.
    """
    try:
        return {key_id: token_verifier(key, algorithm) for key_id, key in keys_in(jwks, algorithm).items()}
    except (ValueError, KeyError, TypeError, RecursionError):
        pass  # raised below, because the original error may quote the document
    raise InvalidSecret(f"the text is not a JSON Web Key Set with a public key for {algorithm}")


def token_verifier_of_pem(pem: bytes, algorithm: str) -> Signed:
    """Return a function that verifies signatures of tokens by a public key in PEM.

    Args:
        pem: The public key.
        algorithm: The algorithm, `RS256` or `ES256`.

    Returns:
        The function.

    Raises:
        InvalidSecret: If `pem` is not a public key for the algorithm.
    """
    return token_verifier(public_rsa(pem) if algorithm == "RS256" else public_p256(pem), algorithm)


def token_signer_of_pem(pem: bytes, algorithm: str) -> Sign:
    """Return a function that signs tokens with a private key in PEM.

    Args:
        pem: The private key.
        algorithm: The algorithm, `RS256` or `ES256`.

    Returns:
        The function.

    Raises:
        InvalidSecret: If `pem` is not a private key for the algorithm.
    """
    if algorithm == "RS256":
        return rsa_sha256_signer(pem)
    sign = ecdsa_p256_sha256_signer(pem)

    def sign_raw(message: bytes) -> bytes:
        r, s = decode_dss_signature(sign(message))  # RFC 7518, section 3.4
        return r.to_bytes(_P256_BYTES, "big") + s.to_bytes(_P256_BYTES, "big")

    return sign_raw


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
