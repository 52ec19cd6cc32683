"""The same JSON in the styles of common libraries: compact, spaced, indented, with sorted keys, escaped.

Numbers keep their spelling, because 1.10 and 1.1 are equal for a parser but not for a signature. The work is
bounded: the number of styles is fixed, and long JSON is not indented, which is slow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from webhook_verify.schemes.json_size import has_few_values

__all__ = ["close_brackets", "float_variants", "json_style_variants"]

_MAX_JSON_CHARS = 2_097_152
_MAX_ALL_STYLES_CHARS = 131_072  # Longer JSON is tried only in the most common styles.

JSONVariant = tuple[str, str]
"""(evidence, JSON)."""


def json_style_variants(text: str) -> Iterator[JSONVariant]:
    """Yield the JSON in each style, most likely first.

    Args:
        text: The decoded body.

    Yields:
        Candidates, which may be repeated. Nothing if the text is not JSON, too long or nested too deeply.
    """
    if len(text) > _MAX_JSON_CHARS or text.lstrip()[:1] not in ("{", "[", '"') or not has_few_values(text):
        return
    mark = next((mark for mark in _MARKS if mark not in text), "")
    if not mark:
        return

    def mark_number(lexeme: str) -> str:
        return f"{mark}{lexeme}{mark}"  # A string, so that serialization keeps the spelling of the number.

    try:
        value = json.loads(text, parse_float=mark_number, parse_int=mark_number)
    except (ValueError, RecursionError):
        return
    if len(text) > _MAX_ALL_STYLES_CHARS:
        yield _WAS_COMPACT, _dump(value, mark, _COMPACT)
        yield _WAS_SPACED, _dump(value, mark, _SPACED)
        yield _WAS_COMPACT, _dump(value, mark, _COMPACT, ascii_only=True)
        return
    compact = _dump(value, mark, _COMPACT)
    yield from _styles(value, mark, "")
    if _dump(value, mark, _COMPACT, sort_keys=True) != compact:
        yield from _styles(value, mark, ", with sorted keys", sort_keys=True)


def _styles(value: Any, mark: str, evidence: str, *, sort_keys: bool = False) -> Iterator[JSONVariant]:
    for ascii_only in (False, True):
        for words, separators in ((_WAS_COMPACT, _COMPACT), (_WAS_SPACED, _SPACED)):
            dumped = _dump(value, mark, separators, ascii_only=ascii_only, sort_keys=sort_keys)
            yield from _escaping_variants(f"{words}{evidence}", dumped)
    spaced = _dump(value, mark, (",", ": "), sort_keys=sort_keys)
    indented = _indent(spaced)
    for indented_text in (indented, _NON_ASCII.sub(_escape, indented)):
        for words, unit in (_UNITS if sort_keys else _UNITS | _RARE_UNITS).items():
            yield f"it was originally indented with {words}{evidence}", indented_text.replace("\0", unit)


def close_brackets(text: str) -> str:
    """Append the missing closing brackets to truncated JSON.

    Some senders truncate the body because they count its length in characters.

    Args:
        text: The decoded body.

    Returns:
        The completed text, or `text` if no bracket is missing or too many are.
    """
    if len(text) > _MAX_ALL_STYLES_CHARS or text[:1] not in ("{", "["):
        return text
    if all(text.count(opening) <= text.count(end) for opening, end in _CLOSING.items()):
        return text
    missing: list[str] = []
    for match in _BRACKET.finditer(text):
        if match[0] in _CLOSING:
            missing.append(_CLOSING[match[0]])
        elif match[0] in ("}", "]") and missing:
            missing.pop()
    return text + "".join(reversed(missing)) if len(missing) <= _MAX_OPEN_BRACKETS else text


_CLOSING = {"{": "}", "[": "]"}
# An unterminated string extends to the end of the text. Otherwise each later quote would be tried again.
_STRING = r'"(?:[^"\\]|\\.?)*+"?'
_BRACKET = re.compile(_STRING + r"|[\[\]{}]", re.DOTALL)
_MAX_OPEN_BRACKETS = 64


def float_variants(text: str) -> Iterator[JSONVariant]:
    """Yield the JSON with 10.0 instead of 10, which JavaScript does not distinguish.

    A number is changed if the same key has a fraction elsewhere. In short JSON all combinations are tried.

    Args:
        text: The decoded body.

    Yields:
        Candidates, which may be repeated.
    """
    if len(text) > _MAX_ALL_STYLES_CHARS or text[:1] not in ("{", "["):
        return
    keys = {match[1] for match in _FLOAT_OF_KEY.finditer(text)}
    if keys:
        dumped = _INTEGER_OF_KEY.sub(lambda match: match[0] + ".0" if match[1] in keys else match[0], text)
        yield "numbers originally ended with .0", dumped
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
        yield "numbers originally ended with .0", "".join(pieces)


_MAX_FLOAT_VARIANT_CHARS, _MAX_FLOATS = 8_192, 5  # Five numbers have 31 combinations.
_FLOAT_OF_KEY = re.compile(r'"([^"\\]{1,80})": ?-?\d{1,15}\.\d')
_INTEGER_OF_KEY = re.compile(r'"([^"\\]{1,80})": ?-?\d{1,15}(?![\w.])')
_INTEGER = re.compile(_STRING + r"|(?<![\w.+-])(-?\d{1,15})(?![\w.])", re.DOTALL)


_UNITS = {"2 spaces": "  ", "4 spaces": "    ", "tabs": "\t"}
_RARE_UNITS = {"3 spaces": "   ", "1 space": " "}
_COMPACT, _SPACED = (",", ":"), (", ", ": ")
_WAS_COMPACT = "it was originally compact"
_WAS_SPACED = "it originally had spaces after commas and colons"
_MARKS = ("~#", "~$", "~%", "~;", "~|", "#~", "$~")  # Short, because a number may be one digit.


def _dump(
    value: Any, mark: str, separators: tuple[str, str], *, ascii_only: bool = False, sort_keys: bool = False
) -> str:
    try:
        text = json.dumps(value, separators=separators, ensure_ascii=ascii_only, sort_keys=sort_keys)
    except (ValueError, RecursionError):
        return ""
    return text.replace(f'"{mark}', "").replace(f'{mark}"', "")


def _escaping_variants(words: str, text: str) -> Iterator[JSONVariant]:
    """Yield the JSON unescaped, and with the escapes of PHP, of Go and Rails, of Shopify and of .NET."""
    yield words, text
    yield words + ", with escaped slashes", text.replace("/", "\\/")
    yield words + ", with <, > and & escaped", _replace_all(text, _GO_ESCAPES)
    if '": ' not in text and '", "' not in text:  # Shopify's JSON is compact.
        yield (
            words + ", with slashes, <, > and & escaped",
            _replace_all(text, _GO_ESCAPES).replace("/", "\\/"),
        )
    net = _replace_all(text, _DOTNET_ESCAPES)
    if "\\u" in net:
        yield words + ", escaped as by .NET", _LOWER_CASE_HEX.sub(lambda match: match[0].upper(), net)


_GO_ESCAPES = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"}
_DOTNET_ESCAPES = {
    "&": "\\u0026",
    "<": "\\u003c",
    ">": "\\u003e",
    "'": "\\u0027",
    "+": "\\u002b",
    "`": "\\u0060",
}
_DOTNET_ESCAPES['\\"'] = "\\u0022"
_LOWER_CASE_HEX = re.compile(r"(?<=\\u)[0-9a-f]{4}")


def _replace_all(text: str, table: dict[str, str]) -> str:
    for plain, escape in table.items():
        text = text.replace(plain, escape)
    return text


_NON_ASCII = re.compile("[^\0-\x7e]")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code < 0x10000 else json.dumps(match[0])[1:-1]


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{] ?[\]}]|[\[\]{},]|[^\[\]{},"]+')


def _indent(spaced: str) -> str:
    """Indent JSON with a NUL byte, which JSON cannot contain, per level; return "" if it gets too long."""
    pieces: list[str] = []
    depth = levels = 0
    for token in _TOKEN.findall(spaced):
        levels += min(depth, len(_NULS))
        if levels > _MAX_LEVELS:
            return ""
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


_NULS = "\0" * 64  # Signed JSON is not indented more deeply, and the limit keeps the work linear.
_MAX_LEVELS = 1_048_576  # The sum over all lines. Each level becomes up to 4 spaces.
