"""The shape of a text: its length, its character classes and its spelling, without its content."""

from __future__ import annotations

import re
import unicodedata
from itertools import cycle, islice
from typing import Any

__all__ = ["PREFIXES", "alphabet_of", "filler", "same_shape", "secret_shape"]

PREFIXES = ("v1,whsec_", "whsec_", "whpk_", "whsk_")
"""The documented prefixes of secrets."""

# Spelled differently by libraries (escapes, HTML, URLs) or part of a format, so a diagnosis needs them.
_KEPT = frozenset(" \t\r\n\"'\\/<>&+=%{}[]:,;-_.\u2028\u2029\ufeff")

_ALPHABETS = (
    ("digits", re.compile(r"[0-9]+"), "0"),
    ("lower-case hex", re.compile(r"[0-9a-f]+"), "0a"),
    ("upper-case hex", re.compile(r"[0-9A-F]+"), "0A"),
    ("base64", re.compile(r"[A-Za-z0-9+/]+"), "Aa0+"),
    ("base64url", re.compile(r"[A-Za-z0-9_-]+"), "Aa0_"),
)


def same_shape(text: str) -> str:
    """Return a text of the same length, in characters and in UTF-8, with the same character classes."""
    return "".join(map(_representative, text))


def _representative(character: str) -> str:
    """Return the character that represents the class of another one."""
    if character in _KEPT:
        return character
    is_upper = character.isupper()
    if character.isascii():
        if character.isdecimal():
            return "0"
        if character.isalpha():
            return "A" if is_upper else "a"
        return "*" if character.isprintable() else "\x01"
    size = len(character.encode("utf-8", "surrogatepass"))
    if unicodedata.combining(character) and size == 2:
        return "\u0301"
    if size == 2:
        # Latin-1 has the first of each pair, but not the second.
        return ("É" if is_upper else "é") if ord(character) < 256 else ("Ł" if is_upper else "ł")
    if "\ud800" <= character <= "\udfff":
        return "\ud800"
    return "😀" if size == 4 else "東"


def alphabet_of(text: str) -> str:
    """Return the name of the smallest alphabet that contains the text, without padding."""
    core = text.rstrip("=")
    for name, pattern, _ in _ALPHABETS:
        if pattern.fullmatch(core):
            return name
    return "other ASCII" if text.isascii() else "other"


def filler(text: str) -> str:
    """Return a constant text with the length, the alphabet and the padding of another one."""
    core = text.rstrip("=")
    units = {name: unit for name, _, unit in _ALPHABETS}
    unit = units.get(alphabet_of(text), "x")
    return "".join(islice(cycle(unit), len(core))) + "=" * (len(text) - len(core))


def secret_shape(value: str | bytes) -> dict[str, Any]:
    """Return the shape of a secret: nothing from which a character could be computed.

    Args:
        value: The secret as it is configured.

    Returns:
        The kind, the prefix if it is a documented one, the length, the alphabet and surrounding characters.
    """
    if isinstance(value, bytes):
        return {"kind": "bytes", "bytes": len(value)}
    core = value.strip()
    if core.startswith("-----BEGIN"):
        return {"kind": "PEM", "characters": len(core)}
    is_quoted = len(core) > 1 and core[0] == core[-1] and core[0] in "\"'"
    core = core[1:-1] if is_quoted else core
    prefix = next((prefix for prefix in PREFIXES if core.startswith(prefix)), "")
    rest = core.removeprefix(prefix)
    return {
        "kind": "text",
        "prefix": prefix,
        "characters": len(rest),
        "alphabet": alphabet_of(rest),
        "padding": len(rest) - len(rest.rstrip("=")),
        "whitespace_before": len(value) - len(value.lstrip()),
        "whitespace_after": len(value) - len(value.rstrip()),
        "quoted": is_quoted,
    }
