"""Ed25519 keys (RFC 8032), which Standard Webhooks and Discord use."""

from __future__ import annotations

from collections.abc import Callable

from webhook_verify.errors import InvalidSecret

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.serialization import (
        load_pem_private_key,
        load_pem_public_key,
    )
except ImportError as _missing:
    raise ImportError(
        "a public or private key needs the package cryptography: pip install 'webhook-verify[asymmetric]'"
    ) from _missing

__all__ = ["generate", "signer", "verifier"]

_SIZE = 32  # bytes of a seed and of a public key, RFC 8032 section 5.1

# The encodings of the points of order 1, 2, 4 and 8, with the sign bit cleared, as in libsodium. An attacker
# can create signatures for such a public key, and OpenSSL accepts it.
_SMALL_ORDER = frozenset(
    bytes.fromhex(encoding)
    for encoding in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


def verifier(key: bytes) -> Callable[[bytes, bytes], bool]:
    """Return a function that verifies signatures by a public key.

    Args:
        key: The 32 bytes of the key, or a PEM.

    Returns:
        A function of (signature, message) that returns whether the signature is valid.

    Raises:
        InvalidSecret: If `key` is not a public Ed25519 key, or a key of small order.
    """
    public = _public(key)

    def signed(signature: bytes, message: bytes) -> bool:
        try:
            public.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return signed


def signer(key: bytes) -> Callable[[bytes], bytes]:
    """Return a function that signs with a private key.

    Args:
        key: The 32 bytes of the seed, the seed and the 32 bytes of the public key, or a PEM.

    Returns:
        A function of the message that returns the signature.

    Raises:
        InvalidSecret: If `key` is not a private Ed25519 key.
    """
    return _private(key).sign


def generate() -> tuple[bytes, bytes]:
    """Generate a pair of keys.

    Returns:
        The seed and the public key (64 bytes), and the public key (32 bytes).
    """
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return private.private_bytes_raw() + public, public


def _public(key: bytes) -> Ed25519PublicKey:
    if key.startswith(b"-----BEGIN"):
        loaded = _load_pem(load_pem_public_key, key)
        if not isinstance(loaded, Ed25519PublicKey):
            raise InvalidSecret(
                "the PEM does not contain an Ed25519 public key, which verifying v1a requires"
            )
    elif len(key) != _SIZE:
        raise InvalidSecret(f"an Ed25519 public key must have {_SIZE} bytes, not {len(key)}")
    else:
        loaded = Ed25519PublicKey.from_public_bytes(key)
    raw = loaded.public_bytes_raw()
    if raw[:-1] + bytes([raw[-1] & 0x7F]) in _SMALL_ORDER:
        raise InvalidSecret("the public key is a placeholder, for which an attacker can create signatures")
    return loaded


def _private(key: bytes) -> Ed25519PrivateKey:
    if key.startswith(b"-----BEGIN"):
        loaded = _load_pem(lambda pem: load_pem_private_key(pem, password=None), key)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise InvalidSecret("the PEM does not contain an Ed25519 private key, which signing v1a requires")
        return loaded
    if len(key) not in (_SIZE, 2 * _SIZE):
        raise InvalidSecret(f"an Ed25519 signing key must have {_SIZE} or {2 * _SIZE} bytes, not {len(key)}")
    private = Ed25519PrivateKey.from_private_bytes(key[:_SIZE])
    if key[_SIZE:] not in (b"", private.public_key().public_bytes_raw()):
        raise InvalidSecret("the two halves of the signing key do not match: copy the full key again")
    return private


def _load_pem(load: Callable[[bytes], object], pem: bytes) -> object:
    try:
        return load(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        pass  # raised below, because the original error may contain the key
    raise InvalidSecret(
        "the PEM cannot be read: pass one unencrypted Ed25519 key, public to verify or private to sign"
    )
