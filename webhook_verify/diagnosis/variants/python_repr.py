"""Parsing of the output of Python's str() and repr(): ``{'paid': True}`` and ``b'...'``."""

from __future__ import annotations

import json
import re

__all__ = ["parse_bytes_repr", "parse_json_repr"]

_MAX_REPR_CHARS = 131_072

_ESCAPE = re.compile(r"\\(?:([\\'\"nrt])|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
_TEXT = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_TOKEN = re.compile(rf"(?P<text>{_TEXT})|(?P<word>\b(?:None|True|False)\b)|(?P<rest>[-+.\w]+|[\[\]{{}}:, ])")
_WORDS = {"None": "null", "True": "true", "False": "false"}
_SIMPLE = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "r": "\r", "t": "\t"}


def parse_json_repr(text: str) -> str:
    """Convert the string representation of a dict or list to JSON.

    Args:
        text: The decoded body.

    Returns:
        JSON, or "" if the text is too long or not such a representation.
    """
    if len(text) > _MAX_REPR_CHARS:
        return ""
    pieces: list[str] = []
    end = 0
    while end < len(text):
        # finditer would try each quote after an unterminated string as the beginning of another string.
        match = _TOKEN.match(text, end)
        if match is None:
            return ""
        end = match.end()
        pieces.append(_piece(match))
    return "".join(pieces) if text[:1] in ("{", "[") else ""


def parse_bytes_repr(text: str) -> bytes:
    """Convert the string representation of bytes back to bytes.

    Args:
        text: The decoded body.

    Returns:
        The bytes, or b"" if the text is too long or not such a representation.
    """
    if len(text) > _MAX_REPR_CHARS or not re.fullmatch(rf"b(?:{_TEXT})", text, re.DOTALL):
        return b""
    try:
        return _unescaped(text[2:-1]).encode("latin-1")
    except UnicodeEncodeError:
        return b""


def _piece(match: re.Match[str]) -> str:
    if match["text"]:
        return json.dumps(_unescaped(match["text"][1:-1]))
    return _WORDS[match["word"]] if match["word"] else match[0]


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    if match[1]:
        return _SIMPLE[match[1]]
    code = int(match[2] or match[3] or match[4], 16)
    return chr(code) if code <= 0x10FFFF else match[0]
