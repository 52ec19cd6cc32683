"""The escapes that common JSON libraries write, applied to JSON that is already serialized.

A parser reads a slash with and without a backslash as the same character, but a signature distinguishes them.
A style defines the characters that a library escapes. Only styles that differ for the JSON are applied.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from webhook_verify.tracebacks import safe_repr

__all__ = [
    "ASCII_ONLY",
    "DOTNET",
    "GO",
    "GSON",
    "JACKSON",
    "LINES",
    "PHP",
    "PLAIN",
    "SLASHES",
    "STYLES",
    "EscapeStyle",
    "Escaper",
    "protect",
]


@safe_repr
@dataclass(frozen=True, eq=False)
class EscapeStyle:
    """The characters that a library escapes in strings, apart from those that every library escapes.

    Attributes:
        words: The style in words, for the evidence, or "" for a style that needs no explanation.
        table: The escape of each ASCII character.
        escapes: Returns whether a character outside ASCII (or DEL) is escaped with `u`, or None for none.
        is_upper: Whether the hexadecimal digits of `escapes` and of control characters are in upper case.
    """

    words: str
    table: dict[str, str]
    escapes: Callable[[str], bool] | None = None
    is_upper: bool = False


def _is_beyond_ascii(char: str) -> bool:
    return char > "\x7f"


def _is_beyond_tilde(char: str) -> bool:
    return char > "~"


def _is_line_separator(char: str) -> bool:
    return char in "\u2028\u2029"


def _is_line_break(char: str) -> bool:
    return char in "\u0085\u2028\u2029"


def _is_beyond_bmp(char: str) -> bool:
    return char > "\uffff"


def _is_special_for_org_json(char: str) -> bool:
    return "\x80" <= char < "\xa0" or "\u2000" <= char < "\u2100"


def _is_special_for_json_simple(char: str) -> bool:
    return "\x7f" <= char < "\xa0" or "\u2000" <= char < "\u2100"


def _hex(chars: str, *, is_upper: bool = False) -> dict[str, str]:
    """Return the hexadecimal escape of each character. A quote is escaped with a backslash already."""
    digits = "04X" if is_upper else "04x"
    return {'\\"' if char == '"' else char: f"\\u{ord(char):{digits}}" for char in chars}


_SLASH = {"/": "\\/"}
_GO_CONTROLS = {"\\b": "\\u0008", "\\f": "\\u000c"}  # Before Go 1.22.
PLAIN = EscapeStyle("", {})
ASCII_ONLY = EscapeStyle("", {}, _is_beyond_tilde)  # Python's default.
SLASHES = EscapeStyle("with escaped slashes", _SLASH)
PHP = EscapeStyle("with escaped slashes", _SLASH, _is_beyond_ascii)
GO = EscapeStyle("with <, > and & escaped", _hex("<>&"), _is_line_separator)  # Rails, too.
DOTNET = EscapeStyle("escaped as by .NET", _hex("&<>'+`\"", is_upper=True), _is_beyond_tilde, is_upper=True)
GSON = EscapeStyle("escaped as by Gson", _hex("<>&='"), _is_line_separator)
JACKSON = EscapeStyle("escaped as by Jackson", {}, is_upper=True)
LINES = EscapeStyle("with line separators escaped", {}, _is_line_separator)
_SHOPIFY_WORDS = "with slashes, <, > and & escaped"
STYLES = (
    PLAIN,
    ASCII_ONLY,
    SLASHES,
    PHP,
    GO,
    DOTNET,
    GSON,
    EscapeStyle("escaped as by Meta", _SLASH | _hex("<%@", is_upper=True), _is_beyond_ascii),
    EscapeStyle(_SHOPIFY_WORDS, _SLASH | _hex("<>&")),
    EscapeStyle(_SHOPIFY_WORDS, _SLASH | _hex("<>&"), _is_beyond_ascii),
    EscapeStyle("escaped as by Symfony", _SLASH | _hex("<>&'\"", is_upper=True), _is_beyond_ascii),
    EscapeStyle("", {}, _is_beyond_ascii),
    EscapeStyle("with <, > and & escaped", _hex("<>&"), _is_beyond_tilde),
    EscapeStyle("escaped as by Go", _hex("<>&") | _GO_CONTROLS, _is_line_separator),
    EscapeStyle("escaped as by Go", _GO_CONTROLS, _is_line_separator),
    LINES,
    EscapeStyle("with slashes and line separators escaped", _SLASH, _is_line_separator),
    EscapeStyle("escaped as by .NET", _hex("&<>'+`\"", is_upper=True), _is_beyond_bmp, is_upper=True),
    EscapeStyle("escaped as by .NET", {}, _is_beyond_bmp, is_upper=True),
    EscapeStyle("escaped as by Newtonsoft", {}, _is_line_break),
    EscapeStyle("escaped as by Newtonsoft", _hex("<>&'\""), _is_line_break),
    JACKSON,
    EscapeStyle("escaped as by Jackson", {}, _is_beyond_ascii, is_upper=True),
    EscapeStyle("escaped as by org.json", {"</": "<\\/"}, _is_special_for_org_json),
    EscapeStyle("escaped as by json-simple", _SLASH, _is_special_for_json_simple, is_upper=True),
    EscapeStyle("escaped as by PHP", _SLASH | _hex("<>&", is_upper=True), _is_beyond_ascii),
    EscapeStyle("escaped as by PHP", _hex("<>&'\"", is_upper=True), _is_beyond_ascii),
    EscapeStyle("escaped as by PHP", _hex("<>&", is_upper=True), _is_beyond_ascii),
    EscapeStyle("escaped as by PHP", _SLASH | _hex("<>&'\"", is_upper=True), _is_line_separator),
    EscapeStyle("escaped as by PHP", _hex("<>&", is_upper=True), _is_line_separator),
    EscapeStyle("escaped as by Meta", _hex("<%@", is_upper=True), _is_beyond_ascii),
    EscapeStyle("with < and > escaped", _hex("<>"), _is_line_separator),
)
"""The styles of common libraries, most likely first. `PLAIN` is that of JavaScript, Rust and Ruby."""


_PLUS, _BACKSLASHES = "\1", "\2"  # JSON contains no raw control characters.


def protect(text: str, number_plus: str) -> str:
    """Return JSON in which escapes can be replaced as text, for `Escaper.spellings`.

    Args:
        text: The serialized JSON, without unnecessary escapes.
        number_plus: The replacement of a plus sign in a number.

    Returns:
        The JSON with placeholders for plus signs in numbers and for escaped backslashes.
    """
    return text.replace("\\\\", _BACKSLASHES).replace(number_plus, _PLUS)


def _restore(text: str) -> str:
    """Replace the placeholders of `protect`."""
    return text.replace(_BACKSLASHES, "\\\\").replace(_PLUS, "+")


_CONTROL_WITH_LETTER = re.compile(r"(?<=\\u00)[01][a-f]")

_Plan = tuple[tuple[tuple[str, str], ...], int, bool]
"""(replacements, number of the escapes beyond ASCII, whether control characters are in upper case)."""


class Escaper:
    """The styles that differ for one JSON value. Finding them once suffices for all layouts.

    Args:
        text: The JSON in any layout, from `protect`.
    """

    def __init__(self, text: str) -> None:
        special = sorted(char for char in set(text) if char > "~")
        has_controls = _CONTROL_WITH_LETTER.search(text) is not None
        self._escapes: list[dict[int, str]] = []
        self._plans: dict[EscapeStyle, _Plan] = {}
        numbers: dict[object, int] = {}
        for style in STYLES:
            kind = style.escapes, style.is_upper
            if kind not in numbers:
                numbers[kind] = self._number_of(_escapes(special, style))
            table = tuple(sorted((plain, escape) for plain, escape in style.table.items() if plain in text))
            self._plans[style] = table, numbers[kind], style.is_upper and has_controls

    def _number_of(self, escapes: dict[int, str]) -> int:
        if escapes not in self._escapes:
            self._escapes.append(escapes)
        return self._escapes.index(escapes)

    def spellings(
        self, text: str, styles: Iterable[EscapeStyle] = STYLES
    ) -> Iterator[tuple[EscapeStyle, str]]:
        """Yield the JSON in each style that differs.

        Args:
            text: The JSON in any layout, from `protect`.
            styles: The styles.

        Yields:
            (style, JSON).
        """
        seen: set[_Plan] = set()
        translated: dict[int, str] = {}
        for style in styles:
            plan = self._plans[style]
            if plan in seen:
                continue
            seen.add(plan)
            table, number, is_upper = plan
            if number not in translated:
                translated[number] = _translate(text, self._escapes[number])
            spelled = translated[number]
            if is_upper:
                spelled = _CONTROL_WITH_LETTER.sub(lambda match: match[0].upper(), spelled)
            for plain, escape in table:
                spelled = spelled.replace(plain, escape)
            yield style, _restore(spelled)


def _escapes(chars: Iterable[str], style: EscapeStyle) -> dict[int, str]:
    escaped = (char for char in chars if style.escapes and style.escapes(char))
    return {ord(char): _escape(char, is_upper=style.is_upper) for char in escaped}


def _escape(char: str, *, is_upper: bool) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    digits = units.upper() if is_upper else units
    return "".join(f"\\u{digits[start : start + 4]}" for start in range(0, len(digits), 4))


_MAX_REPLACED_CHARS = 32  # With more characters, one pass over the text is faster than one per character.


def _translate(text: str, escapes: dict[int, str]) -> str:
    if len(escapes) > _MAX_REPLACED_CHARS:
        return text.translate(escapes)
    for code, escape in escapes.items():
        text = text.replace(chr(code), escape)
    return text
