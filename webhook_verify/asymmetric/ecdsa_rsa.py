"""ECDSA and RSA keys in their standard forms: PEM or DER, SubjectPublicKeyInfo and PKCS #8.

The algorithm determines the kind of key, the curve and the hash. A signature cannot choose them.
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
except ImportError as _missing:
    raise ImportError(
        "a public or private key needs the package cryptography: pip install 'webhook-verify[asymmetric]'"
    ) from _missing

__all__ = [
    "Sign",
    "Signed",
    "checked_rsa",
    "ecdsa_p256_sha256_signer",
    "ecdsa_p256_sha256_verifier",
    "private_key",
    "public_key",
    "public_p256",
    "public_rsa",
    "rsa_sha256_signer",
    "rsa_sha256_verifier",
    "rsa_signed",
]

Signed = Callable[[bytes, bytes], bool]
"""A function of (signature, message) that returns whether the signature is valid."""

Sign = Callable[[bytes], bytes]
"""A function of the message that returns the signature."""

MIN_RSA_BITS = 2048
"""The shortest accepted RSA key, in bits. NIST SP 800-131A rev. 2 disallows shorter keys."""


def ecdsa_p256_sha256_verifier(key: bytes, *, sha1: bool = False) -> Signed:
    """Return a function that verifies signatures by a public key of the curve P-256.

    Args:
        key: The key, in PEM or DER.
        sha1: Use SHA-1 instead of SHA-256, for senders that support nothing else.

    Returns:
        The function. A signature is the DER of (r, s).

    Raises:
        InvalidSecret: If `key` is not a public key of the curve P-256.
    """
    public, algorithm = public_p256(key), ECDSA(SHA1() if sha1 else SHA256())

    def signed(signature: bytes, message: bytes) -> bool:
        try:
            public.verify(signature, message, algorithm)
        except InvalidSignature:
            return False
        return True

    return signed


def rsa_sha256_verifier(key: bytes) -> Signed:
    """Return a function that verifies PKCS #1 v1.5 signatures with SHA-256 by a public RSA key.

    Args:
        key: The key, in PEM or DER.

    Returns:
        The function.

    Raises:
        InvalidSecret: If `key` is not a public RSA key of at least 2048 bits.
    """
    public = public_rsa(key)
    return lambda signature, message: rsa_signed(public, signature, message)


def public_p256(key: bytes) -> EllipticCurvePublicKey:
    """Parse a public key of the curve P-256.

    Args:
        key: The key, in PEM or DER.

    Returns:
        The key.

    Raises:
        InvalidSecret: If `key` is not a public key of the curve P-256.
    """
    public = public_key(key)
    if not isinstance(public, EllipticCurvePublicKey) or not isinstance(public.curve, SECP256R1):
        raise InvalidSecret(
            "the key is not a public key of the curve P-256, which ecdsa-p256-sha256 requires"
        )
    return public


def public_rsa(key: bytes) -> RSAPublicKey:
    """Parse a public RSA key of at least 2048 bits.

    Args:
        key: The key, in PEM or DER.

    Returns:
        The key.

    Raises:
        InvalidSecret: If `key` is not a public RSA key of at least 2048 bits.
    """
    return checked_rsa(public_key(key))


def checked_rsa(public: object) -> RSAPublicKey:
    """Return the key if it is a public RSA key of at least 2048 bits.

    Args:
        public: The public key.

    Returns:
        The same key.

    Raises:
        InvalidSecret: If `public` is another kind of key, or too short.
    """
    if not isinstance(public, RSAPublicKey):
        raise InvalidSecret("the key is not a public RSA key, which rsa-sha256 requires")
    if public.key_size < MIN_RSA_BITS:
        raise InvalidSecret(
            f"the RSA key has {public.key_size} bits; a key of fewer than {MIN_RSA_BITS} can be factored"
        )
    return public


def rsa_signed(public: RSAPublicKey, signature: bytes, message: bytes, *, sha1: bool = False) -> bool:
    """Return whether a PKCS #1 v1.5 signature is valid.

    Args:
        public: The public key.
        signature: The signature.
        message: The signed content.
        sha1: Use SHA-1 instead of SHA-256, for senders that support nothing else.

    Returns:
        True if the signature is valid.
    """
    try:
        public.verify(signature, message, PKCS1v15(), SHA1() if sha1 else SHA256())
    except InvalidSignature:
        return False
    return True


def ecdsa_p256_sha256_signer(key: bytes) -> Sign:
    """Return a function that signs with a private key of the curve P-256.

    Args:
        key: The key, in PEM or PKCS #8.

    Returns:
        The function.

    Raises:
        InvalidSecret: If `key` is not a private key of the curve P-256.
    """
    private = private_key(key)
    if not isinstance(private, EllipticCurvePrivateKey) or not isinstance(private.curve, SECP256R1):
        raise InvalidSecret(
            "the key is not a private key of the curve P-256, which signing ecdsa-p256-sha256 requires"
        )
    return lambda message: private.sign(message, ECDSA(SHA256()))


def rsa_sha256_signer(key: bytes) -> Sign:
    """Return a function that signs PKCS #1 v1.5 with SHA-256 with a private RSA key.

    Args:
        key: The key, in PEM or PKCS #8.

    Returns:
        The function.

    Raises:
        InvalidSecret: If `key` is not a private RSA key of at least 2048 bits.
    """
    private = private_key(key)
    if not isinstance(private, RSAPrivateKey):
        raise InvalidSecret("the key is not a private RSA key, which signing rsa-sha256 requires")
    checked_rsa(private.public_key())
    return lambda message: private.sign(message, PKCS1v15(), SHA256())


def public_key(key: bytes) -> object:
    """Return a public key of any kind.

    Args:
        key: The key, in PEM or DER.

    Returns:
        The key.

    Raises:
        InvalidSecret: If `key` is not a public key.
    """
    return _loaded(load_pem_public_key if _is_pem(key) else load_der_public_key, key)


def private_key(key: bytes) -> object:
    """Return a private key of any kind.

    Args:
        key: The key, in PEM or PKCS #8.

    Returns:
        The key.

    Raises:
        InvalidSecret: If `key` is not an unencrypted private key.
    """
    load = load_pem_private_key if _is_pem(key) else load_der_private_key
    return _loaded(lambda octets: load(octets, password=None), key)


def _is_pem(key: bytes) -> bool:
    return key.startswith(b"-----BEGIN")


def _loaded(load: Callable[[bytes], object], key: bytes) -> object:
    try:
        return load(key)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        pass  # raised below, because the original error may contain the key
    raise InvalidSecret(
        "the key cannot be read: pass one unencrypted key, a public key to verify or a private key to sign, "
        "as PEM or as base64 of its DER"
    )
