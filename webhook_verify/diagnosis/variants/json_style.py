"""The same JSON as the usual libraries write it: compact, spaced, indented, its keys sorted, escaped or not.

Numbers stay as they are written, for 1.10 and 1.1 are the same to a parser and not to a signature. The work
is bounded: so many styles, and nothing is indented that is long, for that is slow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

__all__ = ["closed", "restyled", "with_floats"]

_MAX_JSON_CHARS = 2_097_152  # characters that are parsed
_MAX_ALL_STYLES_CHARS = 131_072  # what is longer is written as most libraries do, and no otherwise

Styled = tuple[str, str]
"""(what it was, the JSON)."""


def restyled(text: str) -> Iterator[Styled]:
    """The JSON in each style, the likeliest first; nothing if it is none, or nested too deeply."""
    if len(text) > _MAX_JSON_CHARS or text.lstrip()[:1] not in ("{", "[", '"'):
        return
    try:
        value = json.loads(text, parse_float=_marked, parse_int=_marked)
    except (ValueError, RecursionError):
        return
    if len(text) > _MAX_ALL_STYLES_CHARS:
        yield "it was compact", _written(value, _COMPACT)
        yield "it was with blanks after commas and colons", _written(value, _SPACED)
        yield "it was compact", _written(value, _COMPACT, ascii_only=True)
        return
    as_it_stands = _written(value, _COMPACT)
    yield from _styles(value, "")
    if _written(value, _COMPACT, ordered=True) != as_it_stands:
        yield from _styles(value, ", its keys sorted", ordered=True)


def _styles(value: Any, told: str, *, ordered: bool = False) -> Iterator[Styled]:
    for ascii_only in (False, True):
        for style, separators in (("compact", _COMPACT), ("with blanks after commas and colons", _SPACED)):
            written = _written(value, separators, ascii_only=ascii_only, ordered=ordered)
            yield from _escaped(f"it was {style}{told}", written)
    spaced = _written(value, (",", ": "), ordered=ordered)
    indented = _indented(spaced)
    for each in (indented, _NO_ASCII.sub(_escape, indented)):
        for words, unit in (_UNITS if ordered else _UNITS | _RARE_UNITS).items():
            yield f"it was indented by {words}{told}", each.replace("\0", unit)


def closed(text: str) -> str:
    """The text and the brackets that it wants at its end: some senders count a length in characters."""
    if len(text) > _MAX_ALL_STYLES_CHARS or text[:1] not in ("{", "["):
        return text
    if all(text.count(opening) <= text.count(end) for opening, end in _CLOSING.items()):
        return text
    wanted: list[str] = []
    for match in _BRACKET.finditer(text):
        if match[0] in _CLOSING:
            wanted.append(_CLOSING[match[0]])
        elif match[0] in ("}", "]") and wanted:
            wanted.pop()
    return text + "".join(reversed(wanted)) if len(wanted) <= _MAX_OPEN_BRACKETS else text


_CLOSING = {"{": "}", "[": "]"}
# A string without an end reaches up to the end of all: else each quote in it would be tried anew.
_STRING = r'"(?:[^"\\]|\\.?)*+"?'
_BRACKET = re.compile(_STRING + r"|[\[\]{}]", re.DOTALL)
_MAX_OPEN_BRACKETS = 64


def with_floats(text: str) -> Iterator[Styled]:
    """The JSON with 10.0 for 10, which is all one to JavaScript, where the same key has 9.5 elsewhere.

    Of few numbers any may have been so.
    """
    if len(text) > _MAX_ALL_STYLES_CHARS or text[:1] not in ("{", "["):
        return
    keys = {match[1] for match in _FLOAT_OF_KEY.finditer(text)}
    if keys:
        written = _INTEGER_OF_KEY.sub(lambda match: match[0] + ".0" if match[1] in keys else match[0], text)
        yield "numbers in it had a .0", written
    if len(text) > _MAX_FLOAT_VARIANT_CHARS:
        return
    places = [match.end() for match in _INTEGER.finditer(text) if match[1]]
    if not 0 < len(places) <= _MAX_FLOATS:
        return
    for chosen in range(1, 1 << len(places)):
        pieces: list[str] = []
        start = 0
        for number, end in enumerate(places):
            if chosen >> number & 1:
                pieces += (text[start:end], ".0")
                start = end
        pieces.append(text[start:])
        yield "numbers in it had a .0", "".join(pieces)


_MAX_FLOAT_VARIANT_CHARS, _MAX_FLOATS = 8_192, 5  # characters, and numbers: 31 ways
_FLOAT_OF_KEY = re.compile(r'"([^"\\]{1,80})": ?-?\d{1,15}\.\d')
_INTEGER_OF_KEY = re.compile(r'"([^"\\]{1,80})": ?-?\d{1,15}(?![\w.])')
_INTEGER = re.compile(_STRING + r"|(?<![\w.+-])(-?\d{1,15})(?![\w.])", re.DOTALL)


_UNITS = {"2 blanks": "  ", "4 blanks": "    ", "tabs": "\t"}
_RARE_UNITS = {"3 blanks": "   ", "a blank": " "}
_COMPACT, _SPACED = (",", ":"), (", ", ": ")
_MARK = "~~number~~"


def _marked(lexeme: str) -> str:
    """A text that stands for a number, so that it is written as it was."""
    return f"{_MARK}{lexeme}{_MARK}"


def _written(
    value: Any, separators: tuple[str, str], *, ascii_only: bool = False, ordered: bool = False
) -> str:
    try:
        text = json.dumps(value, separators=separators, ensure_ascii=ascii_only, sort_keys=ordered)
    except (ValueError, RecursionError):
        return ""
    return text.replace(f'"{_MARK}', "").replace(f'{_MARK}"', "")


def _escaped(words: str, text: str) -> Iterator[Styled]:
    """As it is, as PHP writes it, as Go and Rails do, as Shopify does, and as .NET does."""
    yield words, text
    yield words + ", with escaped slashes", text.replace("/", "\\/")
    yield words + ", with <, > and & escaped", _each(text, _GO)
    if '": ' not in text and '", "' not in text:  # Shopify's is compact
        yield words + ", with slashes, <, > and & escaped", _each(text, _GO).replace("/", "\\/")
    net = _each(text, _NET)
    if "\\u" in net:
        yield words + ", escaped as by .NET", _LOWER.sub(lambda match: match[0].upper(), net)


_GO = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"}
_NET = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e", "'": "\\u0027", "+": "\\u002b", "`": "\\u0060"}
_NET['\\"'] = "\\u0022"
_LOWER = re.compile(r"(?<=\\u)[0-9a-f]{4}")


def _each(text: str, table: dict[str, str]) -> str:
    for plain, escape in table.items():
        text = text.replace(plain, escape)
    return text


_NO_ASCII = re.compile("[^\0-\x7e]")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code < 0x10000 else json.dumps(match[0])[1:-1]


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{] ?[\]}]|[\[\]{},]|[^\[\]{},"]+')


def _indented(spaced: str) -> str:
    """The JSON on many lines, with a NUL, which no JSON holds, for each level."""
    pieces: list[str] = []
    depth = 0
    for token in _TOKEN.findall(spaced):
        if token in ("{", "["):
            depth += 1
            pieces.append(f"{token}\n{_NULS[:depth]}")
        elif token in ("}", "]"):
            depth -= 1
            pieces.append(f"\n{_NULS[:depth]}{token}")
        elif token == ",":
            pieces.append(f",\n{_NULS[:depth]}")
        else:
            pieces.append(token)
    return "".join(pieces)


_NULS = "\0" * 64  # deeper than that nobody indents what is signed; and the work stays linear
