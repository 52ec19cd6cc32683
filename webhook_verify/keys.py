"""The kinds of keys: HMAC, token and public key. Each kind is for one version of signatures.

`webhook_verify.secret` parses the text of a secret into the bytes of a key. The attributes of a key are
private and its repr is the default one, so that a key is not shown.
"""

from __future__ import annotations

import hashlib
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from hmac import compare_digest

from webhook_verify.buffered_keys import BufferedCheck
from webhook_verify.key_protocols import Signatures
from webhook_verify.token_key import TokenKey
from webhook_verify.tracebacks import hide_arguments

__all__ = [
    "Ed25519SigningKey",
    "Ed25519VerifyingKey",
    "HmacKey",
    "PrivateKey",
    "PublicKey",
    "Signatures",
    "TokenKey",
    "decode_canonical_base64",
]

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from typing import Any

    from webhook_verify.key_protocols import Hash as Hash
    from webhook_verify.key_protocols import SigningKey as SigningKey
    from webhook_verify.key_protocols import StreamingCheck as StreamingCheck
    from webhook_verify.key_protocols import VerifyingKey as VerifyingKey


class HmacKey:
    """An HMAC key (RFC 2104) with SHA-256 or another hash. It verifies and signs version `v1`, in base64.

    The inner and the outer hash state of the key are computed once and copied for each delivery. This takes
    half the time of copying an object of the module hmac, and the key itself is not stored.

    Args:
        key: The bytes of the key.
        digest: The hash, a function of hashlib.
    """

    __slots__ = ("_inner", "_outer")

    version = "v1"

    @hide_arguments
    def __init__(self, key: bytes, digest: Callable[[bytes], Hash] = hashlib.sha256) -> None:
        size: int = digest(b"").block_size
        block = (digest(key).digest() if len(key) > size else key).ljust(size, b"\0")
        self._inner = digest(bytes(byte ^ 0x36 for byte in block))
        self._outer = digest(bytes(byte ^ 0x5C for byte in block))

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid for the content.

        Args:
            signatures: The (version, encoded signature) pairs of the delivery.
            before: The signed content before the body.
            body: The signed body.
            after: The signed content after the body.

        Returns:
            True if a signature of version `v1` matches.
        """
        expected = None
        for version, signature in signatures:
            if version == "v1":
                if expected is None:  # one MAC for all entries
                    inner, outer = self._inner.copy(), self._outer.copy()
                    inner.update(before)
                    inner.update(body)
                    if after:
                        inner.update(after)
                    outer.update(inner.digest())
                    expected = b2a_base64(outer.digest(), newline=False)
                if compare_digest(expected, signature.encode()):
                    return True
        return False

    def prefixed(self, before: bytes) -> tuple[Hash, Hash]:
        """Return the two hash states of a MAC, to copy and to continue.

        Args:
            before: The beginning of the signed content.

        Returns:
            The inner hash, which has consumed `before`, and the outer hash.
        """
        inner = self._inner.copy()
        inner.update(before)
        return inner, self._outer

    def accepts(self, signatures: Signatures) -> bool:
        """Return whether one of the signatures has the version `v1`.

        Args:
            signatures: The (version, encoded signature) pairs of the delivery.

        Returns:
            True if this key can verify one of them.
        """
        for version, _ in signatures:  # Faster than any(), because the first one usually decides.
            if version == "v1":
                break
        else:
            return False
        return True

    def start(self, signatures: Signatures) -> StreamingCheck:
        """Start a verification of a body that arrives in chunks.

        Args:
            signatures: The (version, encoded signature) pairs of the delivery.

        Returns:
            The check, which computes the MAC while the body arrives.
        """
        return _HmacCheck(self, _signatures_of_version("v1", signatures), self._inner.copy())

    def sign(self, content: bytes) -> str:
        """Sign the content.

        Args:
            content: The signed content.

        Returns:
            The MAC in base64.
        """
        inner = self._inner.copy()
        inner.update(content)
        return self.digest_of(inner).decode()

    def with_key(self, key: bytes) -> HmacKey:
        """Return a key of other bytes with the same hash.

        Args:
            key: The bytes of the key.

        Returns:
            The key.
        """
        make: Any = getattr(hashlib, self._inner.name)
        return HmacKey(key, make)

    def digest_of(self, inner: Hash) -> bytes:
        """Finish a MAC.

        Args:
            inner: The inner hash, which has consumed the content.

        Returns:
            The MAC in base64.
        """
        # Signatures are compared in their encoded form: a comparison cannot fail to decode, and each MAC has
        # only one accepted encoding.
        outer = self._outer.copy()
        outer.update(inner.digest())
        return b2a_base64(outer.digest(), newline=False)


class _HmacCheck:
    __slots__ = ("_candidates", "_inner", "_key", "update")

    def __init__(self, key: HmacKey, candidates: list[str], inner: Hash) -> None:
        self._key = key
        self._candidates = candidates
        self._inner = inner
        self.update = inner.update

    def matches(self) -> bool:
        expected = self._key.digest_of(self._inner)
        return any(compare_digest(expected, candidate.encode()) for candidate in self._candidates)


class PublicKey:
    """A public key that verifies signatures of one version, in base64. It needs the extra `asymmetric`.

    Args:
        version: The version of the signatures.
        is_signed_by: A function of (signature, message) that returns whether the signature is valid.
    """

    __slots__ = ("_is_signed_by", "version")

    def __init__(self, version: str, is_signed_by: Callable[[bytes, bytes], bool]) -> None:
        self.version: str = version
        self._is_signed_by = is_signed_by

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid for the content.

        Args:
            signatures: The (version, encoded signature) pairs of the delivery.
            before: The signed content before the body.
            body: The signed body.
            after: The signed content after the body.

        Returns:
            True if a signature of the key's version is valid.
        """
        content = None
        for version, encoded in signatures:
            if version == self.version and (signature := decode_canonical_base64(encoded)) is not None:
                if content is None:
                    content = b"".join((before, body, after)) if body or after else before
                if self._is_signed_by(signature, content):
                    return True
        return False

    def accepts(self, signatures: Signatures) -> bool:
        """Return whether one of the signatures has the version of this key.

        Args:
            signatures: The (version, encoded signature) pairs of the delivery.

        Returns:
            True if this key can verify one of them.
        """
        return bool(_signatures_of_version(self.version, signatures))

    def start(self, signatures: Signatures) -> StreamingCheck:
        """Start a verification of a body that arrives in chunks.

        Args:
            signatures: The (version, encoded signature) pairs of the delivery.

        Returns:
            The check, which joins the chunks at the end.
        """
        return BufferedCheck(self, signatures)


class PrivateKey:
    """A private key that creates signatures of one version, in base64. It needs the extra `asymmetric`.

    Args:
        version: The version of the signatures.
        sign: A function of the message that returns the signature.
    """

    __slots__ = ("_sign", "version")

    def __init__(self, version: str, sign: Callable[[bytes], bytes]) -> None:
        self.version: str = version
        self._sign = sign

    def sign(self, content: bytes) -> str:
        """Sign the content.

        Args:
            content: The signed content.

        Returns:
            The signature in base64.
        """
        return b2a_base64(self._sign(content), newline=False).decode()


class Ed25519VerifyingKey(PublicKey):
    """An Ed25519 public key. It verifies version `v1a`.

    Args:
        key: The 32 bytes of the key, or a PEM.

    Raises:
        ImportError: If the extra `asymmetric` is not installed.
        InvalidSecret: If `key` is not a valid public key.
    """

    __slots__ = ()

    @hide_arguments
    def __init__(self, key: bytes) -> None:
        from webhook_verify import asymmetric

        super().__init__("v1a", asymmetric.verifier(key))


class Ed25519SigningKey(PrivateKey):
    """An Ed25519 private key. It signs version `v1a`.

    Args:
        key: The 32 bytes of the seed, the seed and the 32 bytes of the public key, or a PEM.

    Raises:
        ImportError: If the extra `asymmetric` is not installed.
        InvalidSecret: If `key` is not a valid private key.
    """

    __slots__ = ()

    @hide_arguments
    def __init__(self, key: bytes) -> None:
        from webhook_verify import asymmetric

        super().__init__("v1a", asymmetric.signer(key))


def _signatures_of_version(version: str, signatures: Signatures) -> list[str]:
    return [signature for each, signature in signatures if each == version]


def decode_canonical_base64(text: str) -> bytes | None:
    """Decode canonical base64.

    Args:
        text: The base64 text.

    Returns:
        The bytes, or None if `text` is not their canonical encoding.
    """
    try:
        decoded = a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
    return decoded if b2a_base64(decoded, newline=False) == text.encode() else None
