"""Keys of weak signatures, and of providers whose accounts choose the algorithm.

A plain hash with the secret at the end is not an HMAC: two contents with the same hash have the same
signature, with every secret. A scheme uses it only if its provider has nothing better.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from hmac import compare_digest
from typing import TYPE_CHECKING

from webhook_verify.buffered_keys import BufferedKey
from webhook_verify.keys import Signatures
from webhook_verify.tracebacks import hide_arguments

if TYPE_CHECKING:
    from webhook_verify.key_protocols import Hash, VerifyingKey

__all__ = ["KeyPerSize", "SuffixKey"]


class SuffixKey(BufferedKey):
    """A key that is hashed after the content. It verifies and signs version `v1`, in base64.

    Args:
        key: The bytes of the key.
        digest: The hash, a function of hashlib.
    """

    __slots__ = ("_digest", "_key")

    version = "v1"

    @hide_arguments
    def __init__(self, key: bytes, digest: Callable[[bytes], Hash]) -> None:
        self._key, self._digest = key, digest

    def sign(self, content: bytes) -> str:
        """Sign the content.

        Args:
            content: The signed content.

        Returns:
            The hash of the content and the key, in base64.
        """
        return self._sign((content,))

    def _sign(self, parts: Sequence[bytes]) -> str:
        state = self._digest(b"")
        for part in (*parts, self._key):
            state.update(part)
        return b64encode(state.digest()).decode()

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
        if not self.accepts(signatures):
            return False
        expected = self._sign((before, body, after)).encode()
        return any(compare_digest(expected, each.encode()) for name, each in signatures if name == "v1")

    def accepts(self, signatures: Signatures) -> bool:
        """Return whether one of the signatures has the version `v1`.

        Args:
            signatures: The (version, encoded signature) pairs of the delivery.

        Returns:
            True if this key can verify one of them.
        """
        return any(name == "v1" for name, _ in signatures)


class KeyPerSize(BufferedKey):
    """The keys of one secret for several algorithms. The size of a signature selects the algorithms to try.

    Args:
        keys: The size of a signature in bytes and the key, for each algorithm.
    """

    __slots__ = ("_keys",)

    def __init__(self, keys: Sequence[tuple[int, VerifyingKey]]) -> None:
        self._keys = [(-(-size // 3) * 4, key) for size, key in keys]

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid with one of the algorithms.

        Args:
            signatures: The (version, encoded signature) pairs of the delivery.
            before: The signed content before the body.
            body: The signed body.
            after: The signed content after the body.

        Returns:
            True if a signature matches.
        """
        return any(
            key.verify(chosen, before, body, after) for key, chosen in self._chosen(signatures) if chosen
        )

    def _chosen(self, signatures: Signatures) -> list[tuple[VerifyingKey, Signatures]]:
        return [(key, [each for each in signatures if len(each[1]) == length]) for length, key in self._keys]

    def accepts(self, signatures: Signatures) -> bool:
        """Return whether one of the algorithms can verify one of the signatures.

        Args:
            signatures: The (version, encoded signature) pairs of the delivery.

        Returns:
            True if a signature has the size of an algorithm.
        """
        return any(key.accepts(chosen) for key, chosen in self._chosen(signatures))
