"""The same JSON as the usual libraries write it: compact, spaced, indented, its keys sorted, escaped or not.

Numbers stay as they are written, for 1.10 and 1.1 are the same to a parser and not to a signature. The work
is bounded: so many styles, and nothing is indented that is long, for that is slow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

__all__ = ["restyled"]

_LONGEST = 2_097_152  # characters that are parsed
_LONGEST_INDENTED = 131_072

Styled = tuple[str, str]
"""(what it was, the JSON)."""


def restyled(text: str) -> Iterator[Styled]:
    """The JSON in each style, the likeliest first; nothing if it is none, or nested too deeply."""
    if len(text) > _LONGEST or text.lstrip()[:1] not in ("{", "[", '"'):
        return
    try:
        value = json.loads(text, parse_float=_marked, parse_int=_marked)
    except (ValueError, RecursionError):
        return
    for ordered in (False, True):
        told = ", its keys sorted" if ordered else ""
        for ascii_only in (False, True):
            for style, separators in _SEPARATORS:
                written = _written(value, separators, ascii_only, ordered)
                yield from _escaped(f"it was {style}{told}", written)
        yield from _indented_ways(value, ordered, told)


_SEPARATORS = (("compact", (",", ":")), ("with blanks after commas and colons", (", ", ": ")))
_MARK = "~~number~~"


def _marked(lexeme: str) -> str:
    """A text that stands for a number, so that it is written as it was."""
    return f"{_MARK}{lexeme}{_MARK}"


def _written(value: Any, separators: tuple[str, str], ascii_only: bool, ordered: bool) -> str:
    try:
        text = json.dumps(value, separators=separators, ensure_ascii=ascii_only, sort_keys=ordered)
    except (ValueError, RecursionError):
        return ""
    return text.replace(f'"{_MARK}', "").replace(f'{_MARK}"', "")


def _escaped(words: str, text: str) -> Iterator[Styled]:
    """As it is, as PHP writes it, as Go and Rails do, and as .NET does."""
    yield words, text
    yield words + ", with escaped slashes", text.replace("/", "\\/")
    yield words + ", with <, > and & escaped", _each(text, _GO)
    yield words + ", escaped as by .NET", _LOWER.sub(lambda match: match[0].upper(), _each(text, _NET))


_GO = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"}
_NET = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e", "'": "\\u0027", "+": "\\u002b", "`": "\\u0060"}
_NET['\\"'] = "\\u0022"
_LOWER = re.compile(r"(?<=\\u)[0-9a-f]{4}")


def _each(text: str, table: dict[str, str]) -> str:
    for plain, escape in table.items():
        text = text.replace(plain, escape)
    return text


def _indented_ways(value: Any, ordered: bool, told: str) -> Iterator[Styled]:
    for ascii_only in (False, True):
        spaced = _written(value, (",", ": "), ascii_only, ordered)
        if len(spaced) <= _LONGEST_INDENTED:
            indented = _indented(spaced)
            for words, unit in (("2 blanks", "  "), ("4 blanks", "    "), ("tabs", "\t")):
                yield f"it was indented by {words}{told}", indented.replace("\0", unit)


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
