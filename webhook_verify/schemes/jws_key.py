"""The key that verifies JSON Web Signatures, whatever the place of the public keys is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webhook_verify.buffered_keys import BufferedKey
from webhook_verify.keys import Signatures
from webhook_verify.schemes.differences import Difference, with_cached_keys
from webhook_verify.schemes.jws_compact import InvalidJws, decode_base64url, encode_base64url, parse_header

if TYPE_CHECKING:
    from webhook_verify.schemes.jws_sources import KeySource

__all__ = ["JwsKey"]


class JwsKey(BufferedKey):
    """Verifies signatures over `header.payload`, with the keys of a source.

    Args:
        source: The keys.
        is_unencoded: Whether the payload is signed as it is, and not in base64url.
        ignores_slash: Whether the sender may add or omit the slash at the end of a signed path.
    """

    __slots__ = ("_ignores_slash", "_is_unencoded", "_source")

    def __init__(self, source: KeySource, *, is_unencoded: bool, ignores_slash: bool) -> None:
        self._source, self._is_unencoded, self._ignores_slash = source, is_unencoded, ignores_slash

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid.

        Args:
            signatures: The algorithm and the encoded signature.
            before: The encoded header, a dot, and the payload before the body.
            body: The body.
            after: The payload after the body.

        Returns:
            Whether a signature is valid.

        Raises:
            KeyUnavailable: If the provider's key cannot be fetched now.
        """
        encoded_header, _, prefix = before.partition(b".")
        header = _parsed(encoded_header)
        decoded = [decode_base64url(signature) for _, signature in signatures]
        found = [signature for signature in decoded if signature is not None]
        if header is None or not found:
            return False
        contents = [b"".join((prefix, body, after))]
        messages = [self._message(encoded_header, contents[0])]
        if self._ignores_slash:
            contents.append(b"".join((_with_other_slash(prefix), body, after)))
        for signed in self._source.candidates(header, contents[0]):
            for number, content in enumerate(contents):
                if number == len(messages):  # only after the first one did not match
                    messages.append(self._message(encoded_header, content))
                if any(signed(signature, messages[number]) for signature in found):
                    return True
        return False

    def _message(self, encoded_header: bytes, content: bytes) -> bytes:
        return encoded_header + b"." + (content if self._is_unencoded else encode_base64url(content))

    def differences(
        self, signatures: Signatures, before: bytes, body: bytes
    ) -> tuple[list[Difference], bool]:
        """Return the differences of the header and the payload, and whether a cached key verifies both.

        Args:
            signatures: The algorithm and the encoded signature.
            before: The encoded header, a dot, and the payload before the body.
            body: The rest of the payload.

        Returns:
            The differences, and whether the signature is known to be valid.
        """
        encoded_header, _, prefix = before.partition(b".")
        header = _parsed(encoded_header)
        found = [] if header is None else self._source.differences(header, prefix + body)
        return found, bool(found) and with_cached_keys(lambda: self.verify(signatures, before, body, b""))


def _parsed(encoded_header: bytes) -> dict[str, Any] | None:
    try:
        return parse_header(encoded_header.decode("ascii"))
    except (InvalidJws, UnicodeDecodeError):
        return None


def _with_other_slash(prefix: bytes) -> bytes:
    """Return the payload with a path that has no slash at its end, or with one if it lacked one."""
    request_line, end_of_line, rest = prefix.partition(b"\n")
    other = request_line[:-1] if request_line.endswith(b"/") else request_line + b"/"
    return other + end_of_line + rest
