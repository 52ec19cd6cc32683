"""Ed25519 keys (RFC 8032), as Standard Webhooks and Discord use them."""

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
except ImportError as missing:
    raise ImportError(
        "a public or private key needs the package cryptography: pip install 'webhook-verify[asymmetric]'"
    ) from missing

__all__ = ["generate", "signer", "verifier"]

_SIZE = 32  # of a seed and of a public key, RFC 8032 section 5.1

# The encodings of the points of order 1, 2, 4 and 8, the sign bit cleared (libsodium refuses the same).
# For such a public key anybody can find signatures, and OpenSSL does not refuse it.
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
    """A function of (signature, message) that says whether the public ``key`` (raw or PEM) signed it."""
    public = _public(key)

    def signed(signature: bytes, message: bytes) -> bool:
        try:
            public.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return signed


def signer(key: bytes) -> Callable[[bytes], bytes]:
    """A function that signs a message with the private ``key``: 32-byte seed, seed + public, or PEM."""
    return _private(key).sign


def generate() -> tuple[bytes, bytes]:
    """A fresh pair: (seed + public, public), 64 and 32 bytes."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return private.private_bytes_raw() + public, public


def _public(key: bytes) -> Ed25519PublicKey:
    if key.startswith(b"-----BEGIN"):
        loaded = _load_pem(load_pem_public_key, key)
        if not isinstance(loaded, Ed25519PublicKey):
            raise InvalidSecret("the PEM holds no Ed25519 public key, which is what verifying v1a takes")
    elif len(key) != _SIZE:
        raise InvalidSecret(f"an Ed25519 public key has {_SIZE} bytes, this one has {len(key)}")
    else:
        loaded = Ed25519PublicKey.from_public_bytes(key)
    raw = loaded.public_bytes_raw()
    if raw[:-1] + bytes([raw[-1] & 0x7F]) in _SMALL_ORDER:
        raise InvalidSecret("the public key is a placeholder that verifies what anybody signs")
    return loaded


def _private(key: bytes) -> Ed25519PrivateKey:
    if key.startswith(b"-----BEGIN"):
        loaded = _load_pem(lambda pem: load_pem_private_key(pem, password=None), key)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise InvalidSecret("the PEM holds no Ed25519 private key, which is what signing v1a takes")
        return loaded
    if len(key) not in (_SIZE, 2 * _SIZE):
        raise InvalidSecret(
            f"an Ed25519 signing key has {_SIZE} or {2 * _SIZE} bytes, this one has {len(key)}"
        )
    private = Ed25519PrivateKey.from_private_bytes(key[:_SIZE])
    if key[_SIZE:] not in (b"", private.public_key().public_bytes_raw()):
        raise InvalidSecret("the two halves of the signing key do not belong together: copy it again, whole")
    return private


def _load_pem(load: Callable[[bytes], object], pem: bytes) -> object:
    try:
        return load(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        pass  # raised below: the original error may quote the key
    raise InvalidSecret("the PEM cannot be read: it must be one unencrypted Ed25519 key of the right kind")
