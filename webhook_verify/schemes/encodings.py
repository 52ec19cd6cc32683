"""Encodings of signatures, and their conversion to canonical base64.

Keys compare signatures as canonical base64 text. A signature therefore has only one accepted spelling, and
one of the wrong length never reaches a key.
"""

from __future__ import annotations

from binascii import a2b_base64, a2b_hex, b2a_base64
from collections.abc import Callable

__all__ = ["ENCODINGS", "Encoding"]

Encoding = tuple[Callable[[str, int], str], Callable[[str], str], str]
"""`(read, write, name)`.

`read(text, size)` returns canonical base64, or "" if the text does not encode `size` bytes (0: any number).
"""

# An RSA-8192 signature in hex would have 2048 characters, but is not used in practice.
_MAX_SIGNATURE_CHARS = 2_000


def _hex(text: str, size: int) -> str:
    """Accept upper and lower case, which encode the same bytes."""
    if len(text) != 2 * size and (size or len(text) > _MAX_SIGNATURE_CHARS):
        return ""
    try:
        return b2a_base64(a2b_hex(text), newline=False).decode()
    except ValueError:
        return ""


def _base64(text: str, size: int) -> str:
    wanted = -(-size // 3) * 4
    fits = len(text) == wanted if size else len(text) <= _MAX_SIGNATURE_CHARS
    return text if fits and text.isascii() else ""


_TO_STANDARD = str.maketrans("-_+/", "+/--")  # characters of the other alphabet become invalid ones


def _base64url(text: str, size: int) -> str:
    """Decode the URL-safe alphabet without padding."""
    return "" if "=" in text else _base64(text.translate(_TO_STANDARD) + "=" * (-len(text) % 4), size)


def _base64_unpadded(text: str, size: int) -> str:
    return "" if "=" in text else _base64(text + "=" * (-len(text) % 4), size)


def _base64url_padded(text: str, size: int) -> str:
    return _base64(text.translate(_TO_STANDARD), size)


def _text(text: str, size: int) -> str:
    """Return a token unchanged, because the token itself is compared."""
    return text if len(text) <= _MAX_SIGNATURE_CHARS else ""


def _to_hex(text: str) -> str:
    return a2b_base64(text).hex()


def _to_base64url(text: str) -> str:
    return text.replace("+", "-").replace("/", "_").rstrip("=")


def _to_base64_unpadded(text: str) -> str:
    return text.rstrip("=")


def _to_base64url_padded(text: str) -> str:
    return text.replace("+", "-").replace("/", "_")


def _unchanged(text: str) -> str:
    return text


ENCODINGS: dict[str, Encoding] = {
    "hex": (_hex, _to_hex, "hex"),
    "base64": (_base64, _unchanged, "base64"),
    "base64url": (_base64url, _to_base64url, "base64url without padding"),
    "base64-unpadded": (_base64_unpadded, _to_base64_unpadded, "base64 without padding"),
    "base64url-padded": (_base64url_padded, _to_base64url_padded, "base64url with padding"),
    "text": (_text, _unchanged, "plain text"),
}
