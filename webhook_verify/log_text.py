"""Escaping of request data for the log, where a line break or an escape sequence could forge a log line."""

from __future__ import annotations

__all__ = ["log_text"]


def log_text(text: str) -> str:
    r"""Return the text with each non-printable character escaped, such as `\n` and `\x1b`.

    Args:
        text: Text from a request.

    Returns:
        The printable text.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
