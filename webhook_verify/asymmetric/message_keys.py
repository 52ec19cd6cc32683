"""Keys of HTTP message signatures (RFC 9421, section 3.3) from PEM, DER and JSON Web Keys (RFC 7517).

A key determines its algorithms: an elliptic curve has one, an RSA key has two.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from typing import Any

from webhook_verify.asymmetric import ed25519
from webhook_verify.asymmetric.ecdsa_rsa import Sign, Signed, checked_rsa
from webhook_verify.errors import InvalidSecret

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256, SHA512
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
except ImportError as _missing:
    raise ImportError(
        "a public or private key needs the package cryptography: pip install 'webhook-verify[asymmetric]'"
    ) from _missing

__all__ = ["private_keys", "private_keys_of_jwk", "public_keys", "public_keys_of_jwk"]

_P256_BYTES = 32
_MAX_RSA_BITS = 8_192  # a larger key takes milliseconds
_JWK_ALGORITHMS = {
    "EdDSA": "ed25519",
    "Ed25519": "ed25519",
    "ES256": "ecdsa-p256-sha256",
    "PS512": "rsa-pss-sha512",
    "RS256": "rsa-v1_5-sha256",
}
_ECDSA = ec.ECDSA(SHA256())
_PSS = padding.PSS(padding.MGF1(SHA512()), 64)  # RFC 9421, section 3.3.1
_PKCS1 = padding.PKCS1v15()
_SHA256, _SHA512 = SHA256(), SHA512()


def public_keys(pem: bytes) -> dict[str, Signed]:
    """Return functions that verify signatures by a public key.

    Args:
        pem: The public key as PEM.

    Returns:
        The functions by algorithm.

    Raises:
        InvalidSecret: If it is not a public key of a supported kind.
    """
    return _verifiers(_loaded(load_pem_public_key, pem))


def private_keys(pem: bytes) -> dict[str, Sign]:
    """Return functions that sign with a private key.

    Args:
        pem: The private key as PEM.

    Returns:
        The functions by algorithm.

    Raises:
        InvalidSecret: If it is not an unencrypted private key of a supported kind.
    """
    return _signers(_loaded(lambda octets: load_pem_private_key(octets, password=None), pem))


def public_keys_of_jwk(jwk: Mapping[str, Any]) -> dict[str, Signed]:
    """Return functions that verify signatures by a JSON Web Key.

    Args:
        jwk: The key.

    Returns:
        The functions by algorithm. Empty if the key is not for verification or its kind is not supported.
    """
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(operations, list) or "verify" not in operations:
        return {}
    try:
        return _of_algorithm(jwk, _verifiers(_public_key(jwk)))
    except (InvalidSecret, ValueError, TypeError, KeyError, UnsupportedAlgorithm):
        return {}


def private_keys_of_jwk(jwk: Mapping[str, Any]) -> dict[str, Sign]:
    """Return functions that sign with a JSON Web Key with a private part.

    Args:
        jwk: The key, of the kinds OKP and EC.

    Returns:
        The functions by algorithm.

    Raises:
        InvalidSecret: If it is not a private key of a supported kind.
    """
    try:
        secret = _octets(jwk["d"])
        if jwk.get("crv") == "Ed25519":
            return _of_algorithm(jwk, _signers(Ed25519PrivateKey.from_private_bytes(secret)))
        if jwk.get("crv") == "P-256":
            number = int.from_bytes(secret)
            return _of_algorithm(jwk, _signers(ec.derive_private_key(number, ec.SECP256R1())))
    except (ValueError, TypeError, KeyError):
        pass  # raised below, because the original error may contain the key
    raise InvalidSecret(
        "the JSON Web Key must be a private key with the curve Ed25519 or P-256. Pass an RSA key as PEM"
    )


def _public_key(jwk: Mapping[str, Any]) -> object:
    kind, curve = jwk["kty"], jwk.get("crv")
    if kind == "OKP" and curve == "Ed25519":
        return Ed25519PublicKey.from_public_bytes(_octets(jwk["x"]))
    if kind == "EC" and curve == "P-256":
        x, y = (int.from_bytes(_octets(jwk[name])) for name in ("x", "y"))
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    if kind == "RSA":
        exponent, modulus = (int.from_bytes(_octets(jwk[name])) for name in ("e", "n"))
        if modulus.bit_length() <= _MAX_RSA_BITS:
            return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    raise ValueError("the kind of key is not supported")


def _octets(text: object) -> bytes:
    if not isinstance(text, str) or not text.isascii() or "=" in text:
        raise ValueError("not base64url")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _of_algorithm(jwk: Mapping[str, Any], functions: dict[str, Any]) -> dict[str, Any]:
    """Return the functions for the algorithm of the key, or all if the key does not name one."""
    if "alg" not in jwk:
        return functions
    name = _JWK_ALGORITHMS.get(str(jwk["alg"]), "")
    return {name: functions[name]} if name in functions else {}


def _verifiers(key: object) -> dict[str, Signed]:
    if isinstance(key, Ed25519PublicKey):
        return {"ed25519": ed25519.verifier(key.public_bytes_raw())}
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return {"ecdsa-p256-sha256": _ecdsa_verifier(key)}
    public = checked_rsa(key)
    return {
        "rsa-pss-sha512": _checking(lambda sig, text: public.verify(sig, text, _PSS, _SHA512)),
        "rsa-v1_5-sha256": _checking(lambda sig, text: public.verify(sig, text, _PKCS1, _SHA256)),
    }


def _checking(verify: Callable[[bytes, bytes], None]) -> Signed:
    def signed(signature: bytes, message: bytes) -> bool:
        try:
            verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return signed


def _ecdsa_verifier(key: ec.EllipticCurvePublicKey) -> Signed:
    """Verify the concatenation of r and s, 32 bytes each, instead of their DER (RFC 9421, 3.3.4)."""

    def verify(signature: bytes, message: bytes) -> None:
        if len(signature) != 2 * _P256_BYTES:
            raise InvalidSignature
        r, s = int.from_bytes(signature[:_P256_BYTES]), int.from_bytes(signature[_P256_BYTES:])
        key.verify(encode_dss_signature(r, s), message, _ECDSA)

    return _checking(verify)


def _signers(key: object) -> dict[str, Sign]:
    if isinstance(key, Ed25519PrivateKey):
        return {"ed25519": key.sign}
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return {"ecdsa-p256-sha256": _ecdsa_signer(key)}
    if not isinstance(key, rsa.RSAPrivateKey):
        raise InvalidSecret("the key must be a private key of the kind Ed25519, P-256 or RSA")
    checked_rsa(key.public_key())
    return {
        "rsa-pss-sha512": lambda message: key.sign(message, _PSS, _SHA512),
        "rsa-v1_5-sha256": lambda message: key.sign(message, _PKCS1, _SHA256),
    }


def _ecdsa_signer(key: ec.EllipticCurvePrivateKey) -> Sign:
    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(message, _ECDSA))
        return r.to_bytes(_P256_BYTES) + s.to_bytes(_P256_BYTES)

    return sign


def _loaded(load: Callable[[bytes], object], pem: bytes) -> object:
    try:
        return load(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        pass  # raised below, because the original error may contain the key
    raise InvalidSecret(
        "the PEM cannot be read: pass one unencrypted key, public to verify or private to sign"
    )
