"""The kinds of keys, HMAC, token and public key, each with the one version of signatures it is for.

What a secret's text means is for :mod:`webhook_verify.secret`; here a key is bytes already. A key never
shows itself: it holds what verifying or signing needs, under private names, and has no repr of its own.
"""

from __future__ import annotations

import hashlib
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Sequence
from hmac import compare_digest

from webhook_verify.body import Chunks
from webhook_verify.tracebacks import hide_arguments

__all__ = [
    "BufferedCheck",
    "Ed25519SigningKey",
    "Ed25519VerifyingKey",
    "HmacKey",
    "PrivateKey",
    "PublicKey",
    "Signatures",
    "TokenKey",
    "decode_canonical_base64",
]

Signatures = Sequence[tuple[str, str]]
"""(version, encoded signature) pairs; the encoded text is ASCII and as long as its version asks for."""

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Hash(Protocol):
        """The part of a hashlib object that an HMAC is made with."""

        def copy(self) -> Hash: ...

        def update(self, data: bytes, /) -> None: ...

        def digest(self) -> bytes: ...

        def hexdigest(self) -> str: ...

        @property
        def block_size(self) -> int: ...

        @property
        def name(self) -> str: ...

    class StreamingCheck(Protocol):
        """A check in the making: fed the signed content piece by piece, then asked."""

        def update(self, data: bytes, /) -> None:
            """Take the next piece of the signed content."""
            ...

        def matches(self) -> bool:
            """Whether one of the signatures is right for the content so far."""
            ...

    class VerifyingKey(Protocol):
        """What a verifier needs of a key. The kind of key pins the version of signatures it looks at."""

        def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
            """Whether one of the signatures is right for the content ``before + body + after``."""
            ...

        def accepts(self, signatures: Signatures) -> bool:
            """Whether one of the signatures is of the version that this kind of key looks at."""
            ...

        def start(self, signatures: Signatures) -> StreamingCheck:
            """The same as ``verify``, for a body that comes in pieces."""
            ...

    class SigningKey(Protocol):
        """What a signer needs of a key."""

        @property
        def version(self) -> str:
            """The version under which its signatures are sent."""
            ...

        def sign(self, content: bytes) -> str:
            """The encoded signature of the signed content."""
            ...


class HmacKey:
    """An HMAC key (RFC 2104), of SHA-256 or another digest. It verifies and signs version ``v1``, in base64.

    The two hash states that a key leads to are made once and copied for each delivery: that costs
    half of what the module hmac asks for a copy of its object, and the key itself is not kept.
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
        """See :meth:`VerifyingKey.verify`."""
        expected = None
        for version, signature in signatures:
            if version == "v1":
                if expected is None:  # one MAC, however many entries
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
        """The inner hash, which has taken ``before``, and the outer one: to be copied, fed and finished."""
        inner = self._inner.copy()
        inner.update(before)
        return inner, self._outer

    def accepts(self, signatures: Signatures) -> bool:
        """See :meth:`VerifyingKey.accepts`."""
        return "v1" in dict(signatures)

    def start(self, signatures: Signatures) -> StreamingCheck:
        """See :meth:`VerifyingKey.start`."""
        return _HmacCheck(self, _signatures_of_version("v1", signatures), self._inner.copy())

    def sign(self, content: bytes) -> str:
        """See :meth:`SigningKey.sign`."""
        inner = self._inner.copy()
        inner.update(content)
        return self.digest_of(inner).decode()

    def with_key(self, key: bytes) -> HmacKey:
        """A key of other octets for the same digest."""
        make: Any = getattr(hashlib, self._inner.name)
        return HmacKey(key, make)

    def digest_of(self, inner: Hash) -> bytes:
        """The base64 of the MAC whose inner hash has taken the content."""
        # The encoded form is what is compared: that cannot fail to decode, and there is no second
        # spelling of a MAC that would pass.
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


class TokenKey:
    """A token that the sender shows as it is: nothing is signed with it. Version ``v1``, in ASCII."""

    __slots__ = ("_digest", "_token")

    version = "v1"

    @hide_arguments
    def __init__(self, token: str) -> None:
        self._token = token
        self._digest = hashlib.sha256(token.encode()).digest()

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """See :meth:`VerifyingKey.verify`."""
        return self.is_among(signatures)

    def is_among(self, signatures: Signatures) -> bool:
        """Return whether one of the texts is the token. Hashes are compared, which have equal lengths."""
        shown = (hashlib.sha256(text.encode()).digest() for _, text in signatures)
        return any(compare_digest(self._digest, each) for each in shown)

    def accepts(self, signatures: Signatures) -> bool:
        """See :meth:`VerifyingKey.accepts`."""
        return bool(signatures)

    def start(self, signatures: Signatures) -> StreamingCheck:
        """See :meth:`VerifyingKey.start`."""
        return _TokenCheck(self, signatures)

    def sign(self, content: bytes) -> str:
        """The token, whatever the content is."""
        return self._token


class _TokenCheck:
    __slots__ = ("_key", "_signatures")

    def __init__(self, key: TokenKey, signatures: Signatures) -> None:
        self._key = key
        self._signatures = signatures

    def update(self, data: bytes, /) -> None:
        """A token says nothing about the content."""

    def matches(self) -> bool:
        return self._key.is_among(self._signatures)


class PublicKey:
    """A public key that verifies signatures of one version, in base64. Needs extra ``asymmetric``.

    ``is_signed_by``: a function of (signature, message) that says whether the key made the signature.
    """

    __slots__ = ("_is_signed_by", "version")

    def __init__(self, version: str, is_signed_by: Callable[[bytes, bytes], bool]) -> None:
        self.version = version
        self._is_signed_by = is_signed_by

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """See :meth:`VerifyingKey.verify`."""
        candidates = _signatures_of_version(self.version, signatures)
        if not candidates:
            return False
        content = b"".join((before, body, after))
        decoded = map(decode_canonical_base64, candidates)
        return any(signature is not None and self._is_signed_by(signature, content) for signature in decoded)

    def accepts(self, signatures: Signatures) -> bool:
        """See :meth:`VerifyingKey.accepts`."""
        return bool(_signatures_of_version(self.version, signatures))

    def start(self, signatures: Signatures) -> StreamingCheck:
        """See :meth:`VerifyingKey.start`."""
        return BufferedCheck(self, signatures)


class BufferedCheck:
    """A check of a key that needs the content whole, as Ed25519, which reads it twice (RFC 8032, 5.1.6).

    What it takes first is what stands before the body.
    """

    __slots__ = ("_chunks", "_key", "_signatures", "update")

    def __init__(self, key: VerifyingKey, signatures: Signatures) -> None:
        self._key = key
        self._signatures = signatures
        self._chunks = Chunks()
        self.update = self._chunks.append

    def matches(self) -> bool:
        """See :meth:`StreamingCheck.matches`."""
        # The chunks are replaced by the body, for the key makes another copy of it.
        self._chunks[1:] = [b"".join(self._chunks[1:])]
        before, body = self._chunks if len(self._chunks) > 1 else (b"", *self._chunks)
        return self._key.verify(self._signatures, before, body, b"")


class PrivateKey:
    """A private key that makes signatures of one version, in base64. Needs extra ``asymmetric``."""

    __slots__ = ("_sign", "version")

    def __init__(self, version: str, sign: Callable[[bytes], bytes]) -> None:
        self.version = version
        self._sign = sign

    def sign(self, content: bytes) -> str:
        """See :meth:`SigningKey.sign`."""
        return b2a_base64(self._sign(content), newline=False).decode()


class Ed25519VerifyingKey(PublicKey):
    """An Ed25519 public key: 32 bytes, or a PEM. It verifies version ``v1a``."""

    __slots__ = ()

    @hide_arguments
    def __init__(self, key: bytes) -> None:
        from webhook_verify import asymmetric

        super().__init__("v1a", asymmetric.verifier(key))


class Ed25519SigningKey(PrivateKey):
    """An Ed25519 private key: 32 bytes, those and the public 32, or a PEM. It signs version ``v1a``."""

    __slots__ = ()

    @hide_arguments
    def __init__(self, key: bytes) -> None:
        from webhook_verify import asymmetric

        super().__init__("v1a", asymmetric.signer(key))


def _signatures_of_version(version: str, signatures: Signatures) -> list[str]:
    return [signature for each, signature in signatures if each == version]


def decode_canonical_base64(text: str) -> bytes | None:
    """The bytes whose one canonical base64 is ``text``, or None."""
    try:
        decoded = a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
    return decoded if b2a_base64(decoded, newline=False) == text.encode() else None
