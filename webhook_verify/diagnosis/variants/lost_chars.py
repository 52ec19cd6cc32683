"""Candidates for a text whose characters were replaced by question marks, cut to seven bits or unescaped.

A single run of question marks is replaced by the characters that are common in names and messages. This is a
search, so a match proves the change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from webhook_verify.diagnosis.variants.json_style import STRING_PATTERN

__all__ = ["count_lost_chars", "escape_controls", "lost_char_variants"]

_MAX_CHARS = 8_192
_MAX_RUN = 4
_MAX_RUNS = 3

_COMMON = (
    "éèêëáàâäãåæąāçćčďđðęēěíìîïīłĺľñńňóòôöõøőœřŕśšşșßťţțúùûüůűūýÿžźżğıİ"
    "ÉÈÊÁÀÂÄÃÅÆĄÇĆČĎĐĘĚÍÎŁŃÑÓÒÔÖÕØŐŒŘŚŠŞÚÙÛÜŮÝŽŹŻĞ"
    "\u2019\u2018\u201c\u201d\u201e\u201a\u2013\u2014\u2026\u2022\u00b7\u00ab\u00bb\u2039\u203a\u00d7\u2122\u2212"
    "€£¥¢§©®°±÷µ¿¡½¼¾²³\u00a0\u2009\u202f\u200b→←↑↓✓✔✗✘✅✨❤★☆⚠❌➡⭐☕⚡"
    "🎉🚀👍😀😊😂🔥🙏💪👋🐛🎂🥳😎😍🤖💡📦📝🔒🔧🎨🚨🚒🚗🍕☀🌍🌊🎁💯👏🙌🤝💰📈📅📞📧🏠🐶🐱😄😃😁😅😉😭😢😡🤔👌✌💙💚💛"
)

_RUN = re.compile(r"\?+")
_QUERY = re.compile(r"[\w./%-]\?[\w.%\[\]-]{1,80}=")
# A question mark inside a word, at the start of one, or between spaces: not the end of a question.
_LOST = re.compile(
    r"(?<=[^\W\d_])\?+(?=[^\W\d_])|(?<=[\s\"])\?+(?=\w)|(?<=[\s\"])\?{3,}|(?<=[\s\"])\?+(?=[\s\\])"
)


def count_lost_chars(text: str) -> int:
    """Count the question marks that may replace a lost character.

    Args:
        text: The decoded body.

    Returns:
        The number of question marks inside words, at their start or between spaces, apart from those of URLs.
    """
    bare = _QUERY.sub("", text[:_MAX_CHARS])
    return sum(len(run) for run in _LOST.findall(bare))


def lost_char_variants(text: str) -> Iterator[tuple[str, str]]:
    """Yield candidates for a text of ASCII that contained other characters.

    Args:
        text: The decoded body.

    Yields:
        (evidence, text).
    """
    if len(text) > _MAX_CHARS or not text.isascii():
        return
    for restored in _restore_high_bits(text):
        yield "its characters were cut to seven bits, as by Node.js's ascii", restored
    queries = {match.start() + 1 for match in _QUERY.finditer(text)}
    runs = [run for run in _RUN.finditer(text) if run.start() not in queries]
    for run in runs if len(runs) <= _MAX_RUNS else ():
        size = len(run[0])
        for char in _COMMON if size <= _MAX_RUN else "":
            if size in (1, len(char.encode("utf-16-le")) // 2, len(char.encode())):
                evidence = "a character was replaced by question marks"
                yield evidence, text[: run.start()] + char + text[run.end() :]


_CUT_EMOJI = re.compile("p[\x10-\x3f][\x00-\x3f]{2}")
_CUT_THREE = re.compile("[`-o](?=[\x00-\x3f]{2})(?=.{0,1}[\x00-\x1f])[\x00-\x3f]{2}", re.DOTALL)
_CUT_TWO = re.compile("[B-_][\x00-\x1f]")
_CUT_LATIN = re.compile(r"(?<=[A-Za-z ])C[ -?](?=[a-z ])")


def _restore_high_bits(text: str) -> Iterator[str]:
    """Restore UTF-8 of which a decoder dropped the highest bit of each byte."""
    octets = text
    for pattern in (_CUT_EMOJI, _CUT_THREE, _CUT_TWO):
        octets = pattern.sub(_with_high_bits, octets)
    for candidate in dict.fromkeys((octets, _CUT_LATIN.sub(_with_high_bits, octets))):
        if candidate != text:
            try:
                yield candidate.encode("latin-1").decode()
            except ValueError:
                continue


def _with_high_bits(match: re.Match[str]) -> str:
    return "".join(chr(ord(char) | 0x80) for char in match[0])


def escape_controls(text: str, *, is_upper: bool) -> str:
    """Escape control characters inside JSON strings, which a parser does not accept there.

    Args:
        text: The decoded body.
        is_upper: Whether hexadecimal digits are in upper case.

    Returns:
        The text with escapes.
    """
    digits = "04X" if is_upper else "04x"

    def escape(match: re.Match[str]) -> str:
        return _SHORT.get(match[0], f"\\u{ord(match[0]):{digits}}")

    return _STRING.sub(lambda match: _CONTROL.sub(escape, match[0]), text)


_STRING = re.compile(STRING_PATTERN, re.DOTALL)
_CONTROL = re.compile("[\x00-\x1f]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
