"""Keys of JSON Web Signatures (RFC 7515, RFC 7518, RFC 8037), as PEM and as JSON Web Keys (RFC 7517).

The scheme determines the algorithm, and the algorithm the kind of key, the curve, the hash and the form of a
signature: (r, s) of ECDSA as two numbers of the curve's length, not as DER.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import Any, NamedTuple

from webhook_verify.asymmetric import ed25519
from webhook_verify.asymmetric.ecdsa_rsa import Sign, Signed, checked_rsa, private_key, public_key
from webhook_verify.errors import InvalidSecret

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, AsymmetricPadding, PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import (
        RSAPrivateKey,
        RSAPrivateNumbers,
        RSAPublicKey,
        RSAPublicNumbers,
        rsa_crt_dmp1,
        rsa_crt_dmq1,
        rsa_crt_iqmp,
    )
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
except ImportError as _missing:
    raise ImportError(
        "a JSON Web Signature needs the package cryptography: pip install 'webhook-verify[asymmetric]'"
    ) from _missing

__all__ = ["ALGORITHMS", "private_key_of_jwk", "public_key_of_jwk", "signer", "verifier"]

_MAX_NUMBER_CHARS = 1_400  # of an RSA key of 8192 bits in base64url


class _Algorithm(NamedTuple):
    """An algorithm: its kind of key, its hash, and the curve or the padding."""

    kind: str
    digest: HashAlgorithm | None = None
    curve: ec.EllipticCurve | None = None
    padding: AsymmetricPadding | None = None


def _pss(digest: HashAlgorithm) -> PSS:
    return PSS(MGF1(digest), digest.digest_size)


ALGORITHMS: dict[str, _Algorithm] = {
    "RS256": _Algorithm("RSA", SHA256(), padding=PKCS1v15()),
    "RS384": _Algorithm("RSA", SHA384(), padding=PKCS1v15()),
    "RS512": _Algorithm("RSA", SHA512(), padding=PKCS1v15()),
    "PS256": _Algorithm("RSA", SHA256(), padding=_pss(SHA256())),
    "PS384": _Algorithm("RSA", SHA384(), padding=_pss(SHA384())),
    "PS512": _Algorithm("RSA", SHA512(), padding=_pss(SHA512())),
    "ES256": _Algorithm("EC", SHA256(), ec.SECP256R1()),
    "ES384": _Algorithm("EC", SHA384(), ec.SECP384R1()),
    "ES512": _Algorithm("EC", SHA512(), ec.SECP521R1()),
    "EdDSA": _Algorithm("OKP"),
}
"""The algorithms by their `alg`. EdDSA is Ed25519."""

_CURVE_NAMES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "EdDSA": "Ed25519"}


def verifier(key: object, algorithm: str) -> Signed:
    """Return a function that verifies signatures by a public key.

    Args:
        key: The public key, or its PEM or DER.
        algorithm: The `alg`.

    Returns:
        A function of (signature, message) that returns whether the signature is valid.

    Raises:
        InvalidSecret: If `key` is not a public key for the algorithm.
    """
    public: Any = public_key(key) if isinstance(key, bytes) else key
    kind, digest, curve, padding = ALGORITHMS[algorithm]
    _check_kind(public, algorithm, RSAPublicKey, ec.EllipticCurvePublicKey, Ed25519PublicKey)
    if curve is not None and digest is not None:
        return _ecdsa_verifier(public, ec.ECDSA(digest), (curve.key_size + 7) // 8)
    if kind == "OKP":
        return ed25519.verifier(public.public_bytes_raw())  # It rejects keys of small order.

    def signed(signature: bytes, message: bytes) -> bool:
        try:
            public.verify(signature, message, padding, digest)
        except InvalidSignature:
            return False
        return True

    return signed


def _ecdsa_verifier(public: ec.EllipticCurvePublicKey, algorithm: ec.ECDSA, size: int) -> Signed:
    def signed(signature: bytes, message: bytes) -> bool:
        if len(signature) != 2 * size:
            return False
        r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
        try:
            public.verify(encode_dss_signature(r, s), message, algorithm)
        except InvalidSignature:
            return False
        return True

    return signed


def signer(key: object, algorithm: str) -> Sign:
    """Return a function that signs with a private key.

    Args:
        key: The private key, or its PEM or DER.
        algorithm: The `alg`.

    Returns:
        A function of the message that returns the signature.

    Raises:
        InvalidSecret: If `key` is not a private key for the algorithm.
    """
    private: Any = private_key(key) if isinstance(key, bytes) else key
    kind, digest, curve, padding = ALGORITHMS[algorithm]
    _check_kind(private, algorithm, RSAPrivateKey, ec.EllipticCurvePrivateKey, Ed25519PrivateKey)
    if curve is not None and digest is not None:
        size, ecdsa = (curve.key_size + 7) // 8, ec.ECDSA(digest)

        def sign(message: bytes) -> bytes:
            r, s = decode_dss_signature(private.sign(message, ecdsa))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")

        return sign
    arguments = (padding, digest) if kind == "RSA" else ()
    return lambda message: private.sign(message, *arguments)


def _check_kind(key: Any, algorithm: str, rsa: type[Any], elliptic: type[Any], edwards: type[Any]) -> None:
    kind, _, curve, _ = ALGORITHMS[algorithm]
    expected = {"RSA": rsa, "EC": elliptic, "OKP": edwards}[kind]
    if not isinstance(key, expected) or (curve is not None and not isinstance(key.curve, type(curve))):
        curve_name = f" of the curve {_CURVE_NAMES[algorithm]}" if algorithm in _CURVE_NAMES else ""
        raise InvalidSecret(f"the key is not a {kind} key{curve_name}, which {algorithm} requires")
    if kind == "RSA":
        checked_rsa(key if isinstance(key, RSAPublicKey) else key.public_key())


def public_key_of_jwk(jwk: dict[str, Any], algorithm: str) -> object:
    """Return the public key of a JSON Web Key.

    Leading zero bytes of a number may be missing, because some senders omit them.

    Args:
        jwk: The parsed JSON Web Key.
        algorithm: The `alg`.

    Returns:
        The key.

    Raises:
        InvalidSecret: If `jwk` is not a signing key for the algorithm.
    """
    kind, _, curve, _ = ALGORITHMS[algorithm]
    is_for_it = jwk.get("alg", algorithm) == algorithm and jwk.get("use", "sig") == "sig"
    if jwk.get("kty") != kind or not is_for_it or jwk.get("crv") != _CURVE_NAMES.get(algorithm):
        raise InvalidSecret(f"the JSON Web Key is not a signing key for {algorithm}")
    try:
        if kind == "RSA":
            return RSAPublicNumbers(_number(jwk, "e"), _number(jwk, "n")).public_key()
        if curve is not None:
            point = _number(jwk, "x"), _number(jwk, "y")
            return ec.EllipticCurvePublicNumbers(*point, curve).public_key()
        return Ed25519PublicKey.from_public_bytes(_octets(jwk, "x"))
    except ValueError:
        pass  # raised below, because the original error may contain the key
    raise InvalidSecret("the JSON Web Key is invalid: copy it again, complete")


def private_key_of_jwk(jwk: dict[str, Any], algorithm: str) -> object:
    """Return the private key of a JSON Web Key.

    Args:
        jwk: The parsed JSON Web Key.
        algorithm: The `alg`.

    Returns:
        The key.

    Raises:
        InvalidSecret: If `jwk` is not a private signing key for the algorithm.
    """
    public: Any = public_key_of_jwk(jwk, algorithm)
    try:
        if isinstance(public, Ed25519PublicKey):
            return Ed25519PrivateKey.from_private_bytes(_octets(jwk, "d"))
        if isinstance(public, ec.EllipticCurvePublicKey):
            numbers = ec.EllipticCurvePrivateNumbers(_number(jwk, "d"), public.public_numbers())
            return numbers.private_key()
        d, p, q = (_number(jwk, name) for name in "dpq")
        parts = rsa_crt_dmp1(d, p), rsa_crt_dmq1(d, q), rsa_crt_iqmp(p, q)
        return RSAPrivateNumbers(p, q, d, *parts, public.public_numbers()).private_key()
    except (ValueError, ZeroDivisionError):
        pass  # raised below, because the original error may contain the key
    raise InvalidSecret("the JSON Web Key is not a private key: pass the key with which the sender signs")


def _number(jwk: dict[str, Any], name: str) -> int:
    return int.from_bytes(_octets(jwk, name), "big")


def _octets(jwk: dict[str, Any], name: str) -> bytes:
    text = jwk.get(name)
    if not isinstance(text, str) or not 0 < len(text) <= _MAX_NUMBER_CHARS:
        raise ValueError("the member is missing")
    return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
