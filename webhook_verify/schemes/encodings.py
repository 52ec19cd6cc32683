"""How providers write the octets of a signature, and how they are turned into the one form that is compared.

That form is the canonical base64: a key compares it as text. So what has no second spelling there cannot be
spelled in a second way, and a signature of another length never reaches a key.
"""

from __future__ import annotations

from binascii import a2b_base64, a2b_hex, b2a_base64
from collections.abc import Callable

__all__ = ["ENCODINGS", "Encoding"]

Encoding = tuple[Callable[[str, int], str], Callable[[str], str], str]
"""(read, write, name): read gives the canonical base64 of a text of ``size`` octets (0: any), else ""."""

_MAX_SIGNATURE_CHARS = 2_000  # characters: a signature by RSA-8192 in hex has 2048, and nobody sends one


def _hex(text: str, size: int) -> str:
    """Upper or lower case: both are the same octets."""
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


_TO_STANDARD = str.maketrans("-_+/", "+/--")  # and what is not of this alphabet to what is not of the other


def _base64url(text: str, size: int) -> str:
    """The alphabet for URLs, without padding."""
    return "" if "=" in text else _base64(text.translate(_TO_STANDARD) + "=" * (-len(text) % 4), size)


def _text(text: str, size: int) -> str:
    """As it is: for a token, which is compared itself."""
    return text if text.isascii() and len(text) <= _MAX_SIGNATURE_CHARS else ""


def _to_hex(text: str) -> str:
    return a2b_base64(text).hex()


def _to_base64url(text: str) -> str:
    return text.replace("+", "-").replace("/", "_").rstrip("=")


def _as_it_is(text: str) -> str:
    return text


ENCODINGS: dict[str, Encoding] = {
    "hex": (_hex, _to_hex, "hex"),
    "base64": (_base64, _as_it_is, "base64"),
    "base64url": (_base64url, _to_base64url, "base64 for URLs, without padding"),
    "text": (_text, _as_it_is, "as it is"),
}
