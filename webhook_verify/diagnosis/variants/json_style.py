"""The same JSON in the styles of common libraries: layouts, sorted keys, escapes, events on separate lines.

Numbers keep their spelling, because 1.10 and 1.1 are equal for a parser but not for a signature. The work is
bounded: long JSON is tried only in the combinations that libraries write, and very long JSON in three styles.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from webhook_verify.diagnosis.variants import json_escapes as styles
from webhook_verify.diagnosis.variants.json_escapes import EscapeStyle, Escaper, protect
from webhook_verify.schemes.json_size import has_few_values

__all__ = ["STRING_PATTERN", "StyledJSON", "close_brackets", "json_style_variants", "parse_json"]

_MAX_JSON_CHARS = 2_097_152
_MAX_ALL_STYLES_CHARS = 131_072  # Longer JSON is tried only in the most common styles.
_MAX_COMBINED_CHARS = 8_192  # Longer JSON is tried only in the combinations that libraries write.

JSONVariant = tuple[str, str]
"""(evidence, JSON)."""


def parse_json(text: str) -> StyledJSON | None:
    """Parse JSON whose styles are tried.

    Args:
        text: The decoded body.

    Returns:
        The JSON, or None if the text is not JSON, too long or nested too deeply.
    """
    if len(text) > _MAX_JSON_CHARS or text.lstrip()[:1] not in ("{", "[", '"') or not has_few_values(text):
        return None
    mark = next((mark for mark in _MARKS if mark not in text), "")
    if not mark:
        return None

    def mark_number(lexeme: str) -> str:
        # A string, so that serialization keeps the spelling of the number.
        return f"{mark}{lexeme.replace('+', f'{mark}p')}{mark}"

    try:
        value = json.loads(text, parse_float=mark_number, parse_int=mark_number)
    except (ValueError, RecursionError):
        return None
    return StyledJSON(value, mark, len(text))


def json_style_variants(text: str) -> Iterator[JSONVariant]:
    """Yield the JSON in the styles that libraries write, most likely first.

    Args:
        text: The decoded body.

    Yields:
        Candidates, which may be repeated. None if the text is not JSON whose styles are tried.
    """
    parsed = parse_json(text)
    if parsed is not None:
        yield from parsed.variants()


_MARKS = ("~#", "~$", "~%", "~;", "~|", "#~", "$~")  # Short, because a number may be one digit.


_WHOLE: Any = object()
_COMPACT, _SPACED, _INDENTED = (",", ":"), (", ", ": "), (",", ": ")
_WAS_COMPACT = "it was originally compact"
_WAS_SPACED = "it originally had spaces after commas and colons"
_AND_SORTED = ", with sorted keys"
_SPACED_STYLES = (styles.PLAIN, styles.ASCII_ONLY, styles.SLASHES, styles.GO, styles.LINES)
_SORTED_STYLES = (styles.PLAIN, styles.ASCII_ONLY, styles.GO)
_EVENT_STYLES = (styles.PLAIN, styles.ASCII_ONLY, styles.PHP, styles.GO)
_NUMBER_STYLES = (styles.PLAIN, styles.ASCII_ONLY, styles.PHP, styles.GO, styles.DOTNET, styles.GSON)
_PYTHON = (styles.PLAIN, styles.ASCII_ONLY)
_NEWLINE_STYLES = (*_PYTHON, styles.GO)
# (unit, newline, styles) of each indentation.
_INDENTATIONS: dict[str, tuple[str, str, tuple[EscapeStyle, ...]]] = {
    "2 spaces": ("  ", "\n", (*_PYTHON, styles.GO, styles.GSON, styles.DOTNET)),
    "4 spaces": ("    ", "\n", (*_PYTHON, styles.PHP, styles.SLASHES, styles.GO)),
    "tabs": ("\t", "\n", (*_PYTHON, styles.GO)),
}
_RARE_INDENTATIONS: dict[str, tuple[str, str, tuple[EscapeStyle, ...]]] = {
    "2 spaces and CRLF": ("  ", "\r\n", (styles.PLAIN, styles.DOTNET)),
    "3 spaces": ("   ", "\n", _PYTHON),
    "1 space": (" ", "\n", _PYTHON),
}
# (start, between, end) of a list with one event per line.
_EVENT_LINES = (("[", ",\r\n", "]\r\n"), ("[", ",\r\n", "]"), ("[", ",\n", "]\n"), ("[", ",\n", "]"))
_RARE_EVENT_LINES = (
    ("[\r\n", ",\r\n", "\r\n]\r\n"),
    ("[\r\n", ",\r\n", "\r\n]"),
    ("[\n", ",\n", "\n]\n"),
    ("[\n", ",\n", "\n]"),
    ("[", "\r\n,", "]\r\n"),
    ("[", "\r\n,", "\r\n]\r\n"),
    ("[", "\r\n,", "]"),
    ("[", "\n,", "]\n"),
    ("[", "\n,", "]"),
    ("[", ", ", "]"),
    ("", "\n", "\n"),
    ("", "\n", ""),
    ("", "\r\n", "\r\n"),
)


class StyledJSON:
    """Parsed JSON, to serialize it again in many styles.

    Args:
        value: The value, in which numbers are strings between marks.
        mark: The mark, which occurs nowhere else in the value.
        size: The length of the JSON in characters.
    """

    def __init__(self, value: Any, mark: str, size: int) -> None:
        self._value = value
        self._mark = mark
        self._size = size

    def variants(self) -> Iterator[JSONVariant]:
        """Yield the JSON in the styles that libraries write, most likely first.

        Yields:
            Candidates, which may be repeated.
        """
        if self._size > _MAX_ALL_STYLES_CHARS:
            yield _WAS_COMPACT, self._dump(_COMPACT)
            yield _WAS_SPACED, self._dump(_SPACED)
            yield _WAS_COMPACT, self._dump(_COMPACT, ascii_only=True)
            return
        is_short = self._size <= _MAX_COMBINED_CHARS
        newline_styles = styles.STYLES if is_short else _NEWLINE_STYLES
        yield from self._spellings(_WAS_COMPACT, self._compact, with_newline=newline_styles)
        yield from self._event_lines(_EVENT_LINES)
        yield from self._spellings(_WAS_SPACED, self._spaced, _SPACED_STYLES, with_newline=_PYTHON)
        yield from self._indented("")
        if self._sorted != self._compact:
            yield from self._spellings(
                _WAS_COMPACT + _AND_SORTED, self._sorted, _SORTED_STYLES, with_newline=_NEWLINE_STYLES
            )
            spaced = self._base(_SPACED, sort_keys=True)
            yield from self._spellings(
                _WAS_SPACED + _AND_SORTED, spaced, _SPACED_STYLES, with_newline=_PYTHON
            )
            yield from self._indented(_AND_SORTED, sort_keys=True)

    def combinations(self) -> Iterator[JSONVariant]:
        """Yield all combinations of layout, order and escapes for short JSON, apart from the common ones.

        Yields:
            Candidates, which may be repeated.
        """
        if self._size > _MAX_COMBINED_CHARS:
            return
        yield from self._event_lines(_RARE_EVENT_LINES)
        yield from self._spellings(_WAS_SPACED, self._spaced)
        for separators in ((",", ": "), (", ", ":")):
            yield from self._spellings("it originally had other spaces", self._base(separators))
        if _XERO_MARK in self._compact:
            yield "it originally had the spaces of Xero", _as_xero(self._dump(_COMPACT))
        jackson = _jackson_indent(self._base(_INDENTED))
        yield from self._spellings("it was originally indented as by Jackson", jackson)
        indented = _indent(self._base(_INDENTED))
        yield from self._layouts("", indented)
        if "[]" in indented or "{}" in indented:
            ruby = _indent(self._base(_INDENTED), is_old_ruby=True).replace("\0", "  ")
            yield from self._spellings("it was originally indented as by Ruby", ruby)
        if self._sorted != self._compact:
            yield from self._spellings(_WAS_COMPACT + _AND_SORTED, self._sorted)
            spaced = self._base(_SPACED, sort_keys=True)
            yield from self._spellings(_WAS_SPACED + _AND_SORTED, spaced)
            yield from self._layouts(_AND_SORTED, _indent(self._base(_INDENTED, sort_keys=True)))

    def common_spellings(self) -> Iterator[str]:
        """Yield short JSON in the most common styles, to try other spellings of its numbers.

        Yields:
            JSON.
        """
        if self._size <= _MAX_COMBINED_CHARS:
            for base in (self._compact, self._spaced):
                for _, text in self._escaper.spellings(base, _NUMBER_STYLES):
                    yield text

    @cached_property
    def _compact(self) -> str:
        return self._base(_COMPACT)

    @cached_property
    def _spaced(self) -> str:
        return self._base(_SPACED)

    @cached_property
    def _sorted(self) -> str:
        return self._base(_COMPACT, sort_keys=True)

    @cached_property
    def _escaper(self) -> Escaper:
        return Escaper(self._compact)

    def _spellings(
        self,
        evidence: str,
        base: str,
        only: tuple[EscapeStyle, ...] = styles.STYLES,
        *,
        with_newline: tuple[EscapeStyle, ...] = (),
    ) -> Iterator[JSONVariant]:
        """Yield the layout in each style, for some styles also with a newline at the end."""
        for style, text in self._escaper.spellings(base, only):
            words = f"{evidence}, {style.words}" if style.words else evidence
            yield words, text
            if style in with_newline:
                yield f"{words}, with a trailing newline", f"{text}\n"

    def _event_lines(self, layouts: tuple[tuple[str, str, str], ...]) -> Iterator[JSONVariant]:
        """Yield a list with one event per line, as SendGrid writes it."""
        if self._value.__class__ is not list or not self._value:
            return
        events = [self._base(_COMPACT, value=event) for event in self._value]
        only = styles.STYLES if self._size <= _MAX_COMBINED_CHARS else _EVENT_STYLES
        for start, between, end in layouts:
            base = f"{start}{between.join(events)}{end}"
            yield from self._spellings("it originally had line breaks between events", base, only)

    def _indented(self, evidence: str, *, sort_keys: bool = False) -> Iterator[JSONVariant]:
        """Yield indented JSON in the styles that libraries combine with each indentation."""
        indented = _indent(self._base(_INDENTED, sort_keys=sort_keys))
        indentations = _INDENTATIONS if sort_keys else _INDENTATIONS | _RARE_INDENTATIONS
        for words, (unit, newline, only) in indentations.items():
            base = indented.replace("\n", newline).replace("\0", unit)
            about = f"it was originally indented with {words}{evidence}"
            with_newline = () if sort_keys else _PYTHON
            yield from self._spellings(about, base, _PYTHON if sort_keys else only, with_newline=with_newline)

    def _layouts(self, evidence: str, indented: str) -> Iterator[JSONVariant]:
        for words, (unit, newline, _) in (_INDENTATIONS | _RARE_INDENTATIONS).items():
            base = indented.replace("\n", newline).replace("\0", unit)
            yield from self._spellings(f"it was originally indented with {words}{evidence}", base)

    def _base(self, separators: tuple[str, str], *, sort_keys: bool = False, value: Any = _WHOLE) -> str:
        """Serialize without escapes, for `Escaper`."""
        text = self._dump_marked(separators, sort_keys=sort_keys, value=value)
        return self._unmark(protect(text, f"{self._mark}p"))

    def _dump(self, separators: tuple[str, str], *, ascii_only: bool = False) -> str:
        text = self._dump_marked(separators, ascii_only=ascii_only)
        return self._unmark(text.replace(f"{self._mark}p", "+"))

    def _dump_marked(
        self,
        separators: tuple[str, str],
        *,
        ascii_only: bool = False,
        sort_keys: bool = False,
        value: Any = _WHOLE,
    ) -> str:
        whole = self._value if value is _WHOLE else value
        try:
            return json.dumps(whole, separators=separators, ensure_ascii=ascii_only, sort_keys=sort_keys)
        except (ValueError, RecursionError):
            return ""

    def _unmark(self, text: str) -> str:
        return text.replace(f'"{self._mark}', "").replace(f'{self._mark}"', "")


_XERO_MARK = '"lastEventSequence":'


def _as_xero(compact: str) -> str:
    """Insert the spaces that Xero writes after some of the names."""
    spaced = _XERO_NUMBER.sub(r"\1 ", compact)
    return spaced.replace(',"entropy":"', ', "entropy": "')


_XERO_NUMBER = re.compile(r'("(?:first|last)EventSequence":)(?=\d)')


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
STRING_PATTERN = r'"(?:[^"\\]|\\.?)*+"?'
_BRACKET = re.compile(STRING_PATTERN + r"|[\[\]{}]", re.DOTALL)
_MAX_OPEN_BRACKETS = 64


_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"(?:: )?|[\[{][\]}]|[\[\]{},]|[^\[\]{},"]+')


def _indent(spaced: str, *, is_old_ruby: bool = False) -> str:
    """Indent JSON with a NUL byte, which JSON cannot contain, per level; return "" if it gets too long."""
    pieces: list[str] = []
    append = pieces.append  # A body of 40 kB has 10,000 tokens.
    depth = levels = 0
    line = "\n"
    for token in _TOKEN.findall(spaced):
        levels += len(line)
        if levels > _MAX_LEVELS:
            return ""
        if token == ",":
            append("," + line)
        elif token in ("{", "["):
            depth += 1
            line = "\n" + _NULS[:depth]
            append(token + line)
        elif token in ("}", "]"):
            depth -= 1
            line = "\n" + _NULS[:depth]
            append(line + token)
        elif token == "[]" and is_old_ruby:
            append(f"[\n{line}]")
        elif token == "{}" and is_old_ruby:
            append(f"{{{line}}}")
        else:
            append(token)
    return "".join(pieces)


_NULS = "\0" * 64  # Signed JSON is not indented more deeply, and the limit keeps the work linear.
_MAX_LEVELS = 1_048_576  # The sum over all lines. Each level becomes up to 4 spaces.


def _jackson_indent(text: str) -> str:
    """Indent like Jackson's default printer: spaces around colons, and the items of a list on one line."""
    pieces: list[str] = []
    closing: list[bool] = []  # Whether each open bracket is that of an object.
    depth = levels = 0
    for token in _TOKEN.findall(text):
        levels += min(depth, len(_NULS))
        if levels > _MAX_LEVELS:
            return ""
        if token == "{":
            depth += 1
            closing.append(True)
            pieces.append("{\n" + "  " * min(depth, len(_NULS)))
        elif token == "[":
            closing.append(False)
            pieces.append("[ ")
        elif token in ("}", "]"):
            depth -= token == "}"
            closing.pop()
            pieces.append("\n" + "  " * min(depth, len(_NULS)) + "}" if token == "}" else " ]")
        elif token == ",":
            pieces.append(",\n" + "  " * min(depth, len(_NULS)) if closing and closing[-1] else ", ")
        elif token in ("{}", "[]"):
            pieces.append(f"{token[0]} {token[1]}")
        else:
            pieces.append(f"{token[:-2]} : " if token.endswith('": ') else token)
    return "".join(pieces)
