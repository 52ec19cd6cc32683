"""ECDSA and RSA keys out of their standard forms: PEM or DER, SubjectPublicKeyInfo and PKCS #8.

A key is of the one kind, curve and hash that its algorithm names: a signature never says how it is checked.
"""

from __future__ import annotations

from collections.abc import Callable

from webhook_verify.errors import InvalidSecret

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import (
        ECDSA,
        SECP256R1,
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA1, SHA256
    from cryptography.hazmat.primitives.serialization import (
        load_der_private_key,
        load_der_public_key,
        load_pem_private_key,
        load_pem_public_key,
    )
except ImportError as missing:
    raise ImportError(
        "a public or private key needs the package cryptography: pip install 'webhook-verify[asymmetric]'"
    ) from missing

__all__ = [
    "Sign",
    "Signed",
    "checked_rsa",
    "ecdsa_p256_sha256_signer",
    "ecdsa_p256_sha256_verifier",
    "rsa_sha256_signer",
    "rsa_sha256_verifier",
    "rsa_signed",
]

Signed = Callable[[bytes, bytes], bool]
"""A function of (signature, message) that says whether the key made the signature."""

Sign = Callable[[bytes], bytes]
"""A function that signs a message."""

MIN_RSA_BITS = 2048
"""The shortest RSA key: NIST SP 800-131A rev. 2 disallows less."""


def ecdsa_p256_sha256_verifier(key: bytes) -> Signed:
    """Verifies by a public key of curve P-256, PEM or DER; a signature is the DER of (r, s).

    Raises :class:`InvalidSecret` for any other key.
    """
    public = _public(key)
    if not isinstance(public, EllipticCurvePublicKey) or not isinstance(public.curve, SECP256R1):
        raise InvalidSecret("this is no public key of the curve P-256, which is what ecdsa-p256-sha256 takes")
    algorithm = ECDSA(SHA256())

    def signed(signature: bytes, message: bytes) -> bool:
        try:
            public.verify(signature, message, algorithm)
        except InvalidSignature:
            return False
        return True

    return signed


def rsa_sha256_verifier(key: bytes) -> Signed:
    """Verifies PKCS #1 v1.5 by a public RSA key, PEM or DER. Raises as :func:`ecdsa_p256_sha256_verifier`."""
    public = checked_rsa(_public(key))
    return lambda signature, message: rsa_signed(public, signature, message)


def checked_rsa(public: object) -> RSAPublicKey:
    """The key, if it is an RSA key of at least 2048 bits. Raises :class:`InvalidSecret`."""
    if not isinstance(public, RSAPublicKey):
        raise InvalidSecret("this is no public RSA key, which is what rsa-sha256 takes")
    if public.key_size < MIN_RSA_BITS:
        raise InvalidSecret(
            f"the RSA key has {public.key_size} bits; fewer than {MIN_RSA_BITS} can be factored"
        )
    return public


def rsa_signed(public: RSAPublicKey, signature: bytes, message: bytes, *, sha1: bool = False) -> bool:
    """Whether this PKCS #1 v1.5 signature is right, over SHA-256 or, only where it must be, SHA-1."""
    try:
        public.verify(signature, message, PKCS1v15(), SHA1() if sha1 else SHA256())
    except InvalidSignature:
        return False
    return True


def ecdsa_p256_sha256_signer(key: bytes) -> Sign:
    """Signs with a private key of curve P-256, PEM or PKCS #8. Raises :class:`InvalidSecret` for others."""
    private = _private(key)
    if not isinstance(private, EllipticCurvePrivateKey) or not isinstance(private.curve, SECP256R1):
        raise InvalidSecret(
            "this is no private key of the curve P-256, which is what signs ecdsa-p256-sha256"
        )
    return lambda message: private.sign(message, ECDSA(SHA256()))


def rsa_sha256_signer(key: bytes) -> Sign:
    """Signs with a private RSA key, PEM or PKCS #8. Raises :class:`InvalidSecret` for others."""
    private = _private(key)
    if not isinstance(private, RSAPrivateKey):
        raise InvalidSecret("this is no private RSA key, which is what signs rsa-sha256")
    checked_rsa(private.public_key())
    return lambda message: private.sign(message, PKCS1v15(), SHA256())


def _public(key: bytes) -> object:
    return _loaded(load_pem_public_key if _is_pem(key) else load_der_public_key, key)


def _private(key: bytes) -> object:
    load = load_pem_private_key if _is_pem(key) else load_der_private_key
    return _loaded(lambda octets: load(octets, password=None), key)


def _is_pem(key: bytes) -> bool:
    return key.startswith(b"-----BEGIN")


def _loaded(load: Callable[[bytes], object], key: bytes) -> object:
    try:
        return load(key)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        pass  # raised below: the original error may quote the key
    raise InvalidSecret(
        "the key cannot be read: it must be one unencrypted key, public to verify and private to sign, "
        "as PEM or in base64 of its DER"
    )
