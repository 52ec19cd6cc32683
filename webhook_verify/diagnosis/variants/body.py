"""Candidates for the original body before a common change, such as re-serialization, in bounded work.

Each kind of change yields at most about a hundred candidates of at most 4 MiB. They are created lazily, so a
caller that stops early pays only for the ones it used.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Literal
from urllib.parse import unquote, unquote_plus

from webhook_verify.diagnosis.variants.envelope import unwrap
from webhook_verify.diagnosis.variants.form import form_variants
from webhook_verify.diagnosis.variants.json_members import member_variants
from webhook_verify.diagnosis.variants.json_numbers import number_variants
from webhook_verify.diagnosis.variants.json_style import (
    StyledJSON,
    close_brackets,
    json_style_variants,
    parse_json,
)
from webhook_verify.diagnosis.variants.lost_chars import escape_controls, lost_char_variants
from webhook_verify.diagnosis.variants.python_repr import parse_bytes_repr, parse_json_repr

__all__ = ["body_variants", "is_utf8"]

_MAX_CANDIDATE_BYTES = 4_194_304
_MAX_TEXT_CHARS = 131_072  # Longer text is not processed character by character, which is slow.
_MAX_CHARMAP_CHARS = 131_072  # Python encodes these charsets with a table: 1 MiB took 43 ms.
_BOM = b"\xef\xbb\xbf"

BodyVariant = tuple[str, str, bytes]
"""(cause, evidence, body): the signature may match this body."""


def body_variants(
    body: bytes, *, signs_raw_body: bool = True, content_length: int | None = None
) -> Iterator[BodyVariant]:
    """Yield candidates for the original body, most likely first.

    Args:
        body: The body as received.
        signs_raw_body: Whether the scheme signs the bytes. If not, the scheme parses them.
        content_length: The Content-Length in bytes, or None if it is unknown.

    Yields:
        Each candidate once, never `body` itself.
    """
    seen = {hash(body), hash(b"")}  # Hashes, because the candidates themselves would take too much memory.
    for cause, evidence, candidate in _candidates(body, signs_raw_body, content_length):
        if len(candidate) <= _MAX_CANDIDATE_BYTES and (digest := hash(candidate)) not in seen:
            seen.add(digest)
            yield cause, evidence, candidate


def _candidates(body: bytes, signs_raw_body: bool, content_length: int | None) -> Iterator[BodyVariant]:
    yield from _line_ending_variants(body)
    yield from unwrap(body, content_length)
    yield from _charset_variants(body)
    try:
        text = body.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError:
        return
    yield from _escaping_variants(text)
    parsed = parse_json(text)
    if signs_raw_body:
        yield from _reserialized_variants(text, parsed)
    yield from _repr_variants(text, is_json=parsed is not None)
    yield from _recoding_variants(text)
    for words, form in form_variants(text, signs_raw_body=signs_raw_body):
        yield "body_decoded_form", words, _encode(form)
    if signs_raw_body:
        for words, candidate in lost_char_variants(text):
            yield "body_recoded", words, _encode(candidate)
        for cause, words, candidate in member_variants(text) if parsed is not None else ():
            yield cause, words, _encode(candidate)
    if signs_raw_body and parsed is not None:
        yield from _combined_variants(parsed)


def _line_ending_variants(body: bytes) -> Iterator[BodyVariant]:
    cause = "body_line_ends"
    yield cause, "a trailing newline was removed", body + b"\n"
    yield cause, "a trailing newline was removed", body + b"\r\n"
    yield cause, "a trailing newline was added", body.removesuffix(b"\n").removesuffix(b"\r")
    yield cause, "surrounding whitespace was added", body.strip()
    unix = body.replace(b"\r\n", b"\n")
    windows = unix.replace(b"\n", b"\r\n")
    yield cause, "line endings changed from LF to CRLF", unix
    yield cause, "line endings changed from CRLF to LF", windows
    if b"\r" in body and b"\n" not in body:
        yield cause, "line endings changed from LF to CR", body.replace(b"\r", b"\n")
    bare = body.removeprefix(_BOM)
    yield "body_byte_order_mark", "a byte order mark was added", bare
    yield "body_byte_order_mark", "byte order marks were added", bare.removeprefix(_BOM)
    yield "body_byte_order_mark", "the byte order mark was removed", _BOM + body
    yield from _changed_twice(unix, windows)


def _changed_twice(unix: bytes, windows: bytes) -> Iterator[BodyVariant]:
    """Undo a change of all line endings and one at the start or at the end of the body."""
    cause, evidence = "body_line_ends", "line endings and the end of the body changed"
    for lines in (unix, windows):
        stripped = lines.strip()
        for ending in (b"", b"\n", b"\r\n", b"\n\n"):
            yield cause, evidence, stripped + ending
        yield cause, evidence, lines.removesuffix(b"\n").removesuffix(b"\r")
        yield cause, "line endings changed, and a byte order mark was added", lines.removeprefix(_BOM)
        yield cause, "line endings changed, and a byte order mark was added", stripped.removeprefix(_BOM)
        yield cause, "line endings changed, and the byte order mark was removed", _BOM + lines
    spaced = b"\n".join(line.rstrip() for line in unix.split(b"\n", _MAX_LINES)[:_MAX_LINES])
    yield cause, "trailing whitespace of lines was added", spaced


_MAX_LINES = 10_000


def _charset_variants(body: bytes) -> Iterator[BodyVariant]:
    """Convert a body that is not UTF-8, or is UTF-16, to UTF-8. NUL bytes indicate UTF-16."""
    is_wide = b"\0" in body[:4]
    charsets = ["utf-16", "utf-16-le", "utf-16-be"] if is_wide or body[:2] in _UTF16_BOMS else []
    if not is_wide and not is_utf8(body):
        charsets += ["latin-1", "cp1252"]
    for charset in charsets:
        evidence = f"it was converted from UTF-8 to {charset}"
        yield "body_recoded", evidence, _try_decode(_to_utf8, body, charset)


_UTF16_BOMS = {b"\xff\xfe", b"\xfe\xff"}


def is_utf8(body: bytes) -> bool:
    """Return whether the body can be decoded as UTF-8.

    Args:
        body: The body as received.

    Returns:
        Whether all bytes are valid UTF-8.
    """
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _reserialized_variants(text: str, parsed: StyledJSON | None) -> Iterator[BodyVariant]:
    for words, written in parsed.variants() if parsed is not None else ():
        yield "body_reserialized", words, _encode(written)
    yield "body_incomplete", "the closing brackets are missing", _encode(close_brackets(text))
    for words, written in number_variants(text):
        yield "body_reserialized", words, _encode(written)


def _combined_variants(parsed: StyledJSON) -> Iterator[BodyVariant]:
    """Change more than one property of short JSON: layout, order, escapes and numbers."""
    for styled in parsed.common_spellings():
        for words, written in islice(number_variants(styled), _MAX_STYLED_NUMBER_VARIANTS):
            yield "body_reserialized", f"its style was different, and {words}", _encode(written)
    for words, written in parsed.combinations():
        yield "body_reserialized", words, _encode(written)


_MAX_STYLED_NUMBER_VARIANTS = 64


def _repr_variants(text: str, *, is_json: bool) -> Iterator[BodyVariant]:
    cause, words = "body_as_text", "it is the string representation of a Python object"
    if text[:1] == '"':
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            inner = None
        if isinstance(inner, str):
            yield "body_escaped", "it is JSON inside a JSON string", _encode(inner)
    elif text[:1] == "b":
        bare = text.removeprefix("bytearray(").removesuffix(")") if text.startswith("bytearray(") else text
        yield cause, words, parse_bytes_repr(bare)
    elif '"=>' in text:
        for _, written in json_style_variants(text.replace('"=>nil', '":null').replace('"=>', '":')):
            yield cause, "it is the output of Ruby's inspect", _encode(written)
    elif "'" in text and not is_json:
        for _, written in json_style_variants(parse_json_repr(text)):
            yield cause, words, _encode(written)
    yield "body_escaped", "it was originally JSON inside a JSON string", _encode(json.dumps(text))


def _escaping_variants(text: str) -> Iterator[BodyVariant]:
    cause = "body_escaped"
    yield cause, "slashes were originally escaped", _encode(text.replace("/", "\\/"))
    # Only a library that serializes the JSON again escapes slashes (most often PHP's) or these characters.
    yield "body_reserialized", "slashes were originally not escaped", _encode(text.replace("\\/", "/"))
    for table in (_JSON_LOWER, _JSON_UPPER):
        there, back = text, text
        for plain, escaped in table:
            there, back = there.replace(plain, escaped), back.replace(escaped, plain)
        yield cause, "<, > and & were originally escaped", _encode(there)
        yield "body_reserialized", "<, > and & were originally not escaped", _encode(back)
    if len(text) <= _MAX_TEXT_CHARS:
        yield cause, "characters were converted to HTML entities", _encode(html.unescape(text))
        yield cause, "HTML entities were converted to characters", _encode(html.escape(text))
        yield cause, "HTML entities were converted to characters", _encode(html.escape(text, quote=False))
        yield cause, "the HTML entities of ampersands were decoded", _encode(text.replace("&", "&amp;"))
        if "%" in text:
            for undo in (unquote, unquote_plus):
                yield cause, "it was originally not percent-encoded", _encode(undo(text))
        if "\\" in text:
            yield cause, "quotes were escaped with backslashes", _encode(_BACKSLASHED.sub(r"\1", text))
            # In JSON, it is a library that escapes characters with \u. It has no \x.
            by_library = text[:1] in ("{", "[") and "\\x" not in text
            name = "body_reserialized" if by_library else cause
            yield name, "characters were escaped as \\x or \\u", _encode(_HEX_ESCAPE.sub(_unescape, text))
        if _CONTROL.search(text):
            for is_upper in (False, True):
                restored = escape_controls(text, is_upper=is_upper)
                yield cause, "escapes of control characters were decoded", _encode(restored)


_CONTROL = re.compile(r"[\x00-\x1f]")
_BACKSLASHED = re.compile(r"\\(.)", re.DOTALL)
_HEX_ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U000([0-9a-f]{5}))")


def _unescape(match: re.Match[str]) -> str:
    return chr(min(int(match[1] or match[2] or match[3], 16), 0x10FFFF))


_JSON_LOWER = [
    ("<", "\\u003c"),
    (">", "\\u003e"),
    ("&", "\\u0026"),
    ("\u2028", "\\u2028"),
    ("\u2029", "\\u2029"),
]
_JSON_UPPER = [(plain, escaped.replace("c", "C").replace("e", "E")) for plain, escaped in _JSON_LOWER]


def _recoding_variants(text: str) -> Iterator[BodyVariant]:
    if text.isascii():
        return
    cause = "body_recoded"
    charsets = ("latin-1", "cp1252", "utf-16", "cp437", "mac_roman")
    for charset in charsets if len(text) <= _MAX_CHARMAP_CHARS else ("latin-1", "utf-16"):
        words = f"it was originally in {charset}, or was decoded as {charset} by mistake"
        once = _try_decode(str.encode, text, charset)
        yield cause, words, once
        if charset in ("latin-1", "cp1252"):
            yield cause, f"{words}, twice", _try_decode(_from_utf8, once, charset)
    if len(text) <= _MAX_TEXT_CHARS and _has_short_runs(text):
        for form in ("NFC", "NFD"):
            evidence = f"it was originally in Unicode normalization form {form}"
            yield cause, evidence, _encode(_normalize(form, text))


def _normalize(form: Literal["NFC", "NFD"], text: str) -> str:
    """Normalize the text in chunks that begin with an ASCII character, or return "" if it has too few."""
    # An ASCII character never combines with the one before it. Normalizing 131,072 times U+1D160 at once
    # took 90 ms.
    pieces: list[str] = []
    start = 0
    while start < len(text):
        border = _ASCII.search(text, start + _MIN_CHUNK_CHARS, start + 2 * _MIN_CHUNK_CHARS)
        end = border.start() if border else len(text)
        if end - start > 2 * _MIN_CHUNK_CHARS:
            return ""
        pieces.append(unicodedata.normalize(form, text[start:end]))
        start = end
    return "".join(pieces)


_ASCII = re.compile("[\0-\x7f]")
_MIN_CHUNK_CHARS = 16_384


def _has_short_runs(text: str) -> bool:
    """Return whether runs of combining characters are as short as in UAX 15's Stream-Safe Text Format."""
    # Normalization sorts a run in quadratic time: 130,000 characters took 19 s.
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) or char in _COMBINING_WHEN_DECOMPOSED else 0
        if run > _MAX_COMBINING_CHARS:
            return False
    return True


_MAX_COMBINING_CHARS = 30
_COMBINING_WHEN_DECOMPOSED = "\u0f73\u0f75\u0f81"


def _try_decode(make: Callable[..., bytes], *args: Any) -> bytes:
    """Return the result of the conversion, or b"" if it fails."""
    try:
        return make(*args)
    except (ValueError, LookupError):
        return b""


def _to_utf8(body: bytes, charset: str) -> bytes:
    return body.decode(charset).encode("utf-8")


def _from_utf8(body: bytes, charset: str) -> bytes:
    return body.decode("utf-8").encode(charset)


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
