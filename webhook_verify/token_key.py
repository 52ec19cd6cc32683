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
    """A token that the sender includes in each request. Nothing is signed. Version `v1`, in UTF-8.

    The bytes of a header are compared. Servers represent them as text in Latin-1, or in UTF-8 with surrogates
    for other bytes, so both readings of a text are tried.

    Args:
        token: The token.
    """

    __slots__ = ("_digest", "_token")

    version = "v1"

    @hide_arguments
    def __init__(self, token: str) -> None:
        octets = token.encode("utf-8", "surrogateescape")
        self._token = octets.decode("latin-1")
        self._digest = hashlib.sha256(octets).digest()

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
        shown = (hashlib.sha256(octets).digest() for _, text in signatures for octets in _octets_of(text))
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
        """Return the token as the text of a header: its UTF-8 bytes, decoded as Latin-1.

        Args:
            content: Ignored.

        Returns:
            The token.
        """
        return self._token


def _octets_of(text: str) -> list[bytes]:
    """Return the bytes that a server may have received as this text; none for an impossible text."""
    if text.isascii():
        return [text.encode()]
    octets: list[bytes] = []
    for codec, errors in (("latin-1", "strict"), ("utf-8", "surrogateescape")):
        try:
            octets.append(text.encode(codec, errors))
        except UnicodeEncodeError:
            continue  # the server did not decode the header in this way
    return octets


class _TokenCheck:
    __slots__ = ("_key", "_signatures")

    def __init__(self, key: TokenKey, signatures: Signatures) -> None:
        self._key = key
        self._signatures = signatures

    def update(self, data: bytes, /) -> None:
        """Ignore the content, because a token does not cover it."""

    def matches(self) -> bool:
        return self._key.is_among(self._signatures)
