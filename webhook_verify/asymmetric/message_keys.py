"""Keys of HTTP message signatures (RFC 9421, section 3.3) from PEM and JSON Web Keys (RFC 7517).

A key determines its algorithms: an elliptic curve has one, an RSA key has two. They have other names than
those of JSON Web Signatures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from webhook_verify.asymmetric import jws_keys
from webhook_verify.asymmetric.ecdsa_rsa import Sign, Signed, private_key, public_key
from webhook_verify.errors import InvalidSecret

__all__ = ["private_keys", "private_keys_of_jwk", "public_keys", "public_keys_of_jwk"]

_ALGORITHMS = {
    "ed25519": "EdDSA",
    "ecdsa-p256-sha256": "ES256",
    "rsa-pss-sha512": "PS512",
    "rsa-v1_5-sha256": "RS256",
}
"""The `alg` of JSON Web Signatures by the name in RFC 9421."""

_Function = TypeVar("_Function")


def public_keys(pem: bytes) -> dict[str, Signed]:
    """Return functions that verify signatures by a public key.

    Args:
        pem: The public key as PEM.

    Returns:
        The functions by algorithm.

    Raises:
        InvalidSecret: If it is not a public key of a supported kind.
    """
    key = public_key(_without_comment(pem))
    return _of_each(lambda alg: jws_keys.verifier(key, alg)) or _refuse("public")


def private_keys(pem: bytes) -> dict[str, Sign]:
    """Return functions that sign with a private key.

    Args:
        pem: The private key as PEM.

    Returns:
        The functions by algorithm.

    Raises:
        InvalidSecret: If it is not an unencrypted private key of a supported kind.
    """
    key = private_key(_without_comment(pem))
    return _of_each(lambda alg: jws_keys.signer(key, alg)) or _refuse("private")


def public_keys_of_jwk(jwk: Mapping[str, Any]) -> dict[str, Signed]:
    """Return functions that verify signatures by a JSON Web Key.

    Args:
        jwk: The key.

    Returns:
        The functions by algorithm. Empty if the key is not for verification or its kind is not supported.
    """
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        return {}
    fields = _with_known_algorithm(jwk)
    return _of_each(lambda alg: jws_keys.verifier(jws_keys.public_key_of_jwk(fields, alg), alg))


def private_keys_of_jwk(jwk: Mapping[str, Any]) -> dict[str, Sign]:
    """Return functions that sign with a JSON Web Key with a private part.

    Args:
        jwk: The key.

    Returns:
        The functions by algorithm.

    Raises:
        InvalidSecret: If it is not a private key of a supported kind.
    """
    fields = _with_known_algorithm(jwk)
    found = _of_each(lambda alg: jws_keys.signer(jws_keys.private_key_of_jwk(fields, alg), alg))
    return found or _refuse("private")


def _without_comment(pem: bytes) -> bytes:
    return pem[max(0, pem.find(b"-----BEGIN")) :]


def _with_known_algorithm(jwk: Mapping[str, Any]) -> dict[str, Any]:
    # RFC 9864 has another name for EdDSA with the curve Ed25519.
    return {**jwk, "alg": "EdDSA"} if jwk.get("alg") == "Ed25519" else dict(jwk)


def _of_each(make: Callable[[str], _Function]) -> dict[str, _Function]:
    """Return the results for the algorithms of a key, and nothing for those of other kinds of keys."""
    functions: dict[str, _Function] = {}
    for name, algorithm in _ALGORITHMS.items():
        with suppress(InvalidSecret):
            functions[name] = make(algorithm)
    return functions


def _refuse(form: str) -> dict[str, Any]:
    raise InvalidSecret(f"expected a {form} key of the kind Ed25519, P-256, or RSA of at least 2048 bits")
