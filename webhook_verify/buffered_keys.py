"""Keys that need the whole signed content, which therefore is collected while it arrives."""

from __future__ import annotations

from abc import ABC, abstractmethod

from webhook_verify.body import Chunks
from webhook_verify.key_protocols import Signatures

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.key_protocols import StreamingCheck, VerifyingKey

__all__ = ["BufferedCheck", "BufferedKey"]


class BufferedKey(ABC):
    """The base class of keys that need the whole content, and read the signatures themselves."""

    __slots__ = ()

    @abstractmethod
    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid for the content.

        Args:
            signatures: The candidate signatures.
            before: The signed content before the body.
            body: The signed body.
            after: The signed content after the body.

        Returns:
            Whether a signature is valid.
        """

    def accepts(self, signatures: Signatures) -> bool:
        """Return whether there is a signature to check.

        Args:
            signatures: The candidate signatures.

        Returns:
            Whether there is at least one signature.
        """
        return bool(signatures)

    def start(self, signatures: Signatures) -> StreamingCheck:
        """Start a check for a body that arrives in chunks.

        Args:
            signatures: The candidate signatures.

        Returns:
            A check that buffers the body.
        """
        return BufferedCheck(self, signatures)


class BufferedCheck:
    """A check by a key that needs the whole content, such as Ed25519, which reads it twice (RFC 8032, 5.1.6).

    The first chunk is the signed content before the body.

    Args:
        key: The key.
        signatures: The (version, encoded signature) pairs of the delivery.
    """

    __slots__ = ("_chunks", "_key", "_signatures")

    def __init__(self, key: VerifyingKey, signatures: Signatures) -> None:
        self._key = key
        self._signatures = signatures
        self._chunks = Chunks()

    def update(self, data: bytes, /) -> None:
        """Add the next chunk of the signed content.

        Args:
            data: The chunk.
        """
        self._chunks.append(data)

    def matches(self) -> bool:
        """Return whether one of the signatures is valid for the content.

        Returns:
            True if a signature is valid.
        """
        # The body replaces its chunks to save memory, because the key copies the body again.
        self._chunks[1:] = [b"".join(self._chunks[1:])]
        before, body = self._chunks if len(self._chunks) > 1 else (b"", *self._chunks)
        return self._key.verify(self._signatures, before, body, b"")
