"""The key of a scheme whose requests contain a token instead of a signature."""

from __future__ import annotations

import hashlib
from hmac import compare_digest

from webhook_verify.key_protocols import Signatures
from webhook_verify.tracebacks import hide_arguments

__all__ = ["TokenKey"]

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.key_protocols import StreamingCheck


class TokenKey:
    """A token that the sender includes in each request. Nothing is signed. Version `v1`, in ASCII.

    Args:
        token: The token.
    """

    __slots__ = ("_digest", "_token")

    version = "v1"

    @hide_arguments
    def __init__(self, token: str) -> None:
        self._token = token
        self._digest = hashlib.sha256(token.encode()).digest()

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the texts is the token.

        Args:
            signatures: The (version, text) pairs of the delivery.
            before: Ignored, because a token does not cover the content.
            body: Ignored.
            after: Ignored.

        Returns:
            True if a text is the token.
        """
        return self.is_among(signatures)

    def is_among(self, signatures: Signatures) -> bool:
        """Return whether one of the texts is the token. Compares hashes, because they have equal lengths.

        Args:
            signatures: The (version, text) pairs of the delivery.

        Returns:
            True if a text is the token.
        """
        shown = (hashlib.sha256(text.encode()).digest() for _, text in signatures)
        return any(compare_digest(self._digest, each) for each in shown)

    def accepts(self, signatures: Signatures) -> bool:
        """Return whether the delivery contains a text that could be the token.

        Args:
            signatures: The (version, text) pairs of the delivery.

        Returns:
            True unless `signatures` is empty.
        """
        return bool(signatures)

    def start(self, signatures: Signatures) -> StreamingCheck:
        """Start a check for a body that arrives in chunks.

        Args:
            signatures: The (version, text) pairs of the delivery.

        Returns:
            The check, which ignores the content.
        """
        return _TokenCheck(self, signatures)

    def sign(self, content: bytes) -> str:
        """Return the token.

        Args:
            content: Ignored.

        Returns:
            The token.
        """
        return self._token


class _TokenCheck:
    __slots__ = ("_key", "_signatures")

    def __init__(self, key: TokenKey, signatures: Signatures) -> None:
        self._key = key
        self._signatures = signatures

    def update(self, data: bytes, /) -> None:
        """Ignore the content, because a token does not cover it."""

    def matches(self) -> bool:
        return self._key.is_among(self._signatures)
