"""Text of a request as it may be logged: a line break or an escape sequence could forge a line of the log."""

from __future__ import annotations

__all__ = ["log_text"]


def log_text(text: str) -> str:
    r"""Return the text with every character that is not printable escaped, such as ``\n`` and ``\x1b``."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
