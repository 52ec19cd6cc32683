"""What the body may have been before somebody rewrote it: the usual ways, in bounded work.

Each way gives at most about a hundred candidates, of which none is larger than 4 MiB, and they are made one
after the other: who has seen enough makes no more of them.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote, unquote_plus

from webhook_verify.diagnosis.variants import form as forms
from webhook_verify.diagnosis.variants import python_repr as printed
from webhook_verify.diagnosis.variants.envelope import unwrapped
from webhook_verify.diagnosis.variants.json_style import closed, restyled, with_floats

__all__ = ["is_utf_8", "originals"]

_MAX_CANDIDATE_BYTES = 4_194_304  # bytes of one candidate
_MAX_TEXT_CHARS = 131_072  # characters of what is looked at one by one, which is slow
_BOM = b"\xef\xbb\xbf"

Original = tuple[str, str, bytes]
"""(cause, evidence, body): with this body the signature may be right."""


def originals(body: bytes, *, is_plain: bool = True, stated: int | None = None) -> Iterator[Original]:
    """The bodies that this one may have been made of, the likeliest first; each is another than ``body``.

    ``is_plain``: whether the bytes are signed. Else the scheme parses the JSON, and its style is all one.
    ``stated``: how long it is by its Content-Length.
    """
    seen = {hash(body), hash(b"")}  # of their hashes: the candidates would be too large to keep
    for cause, evidence, candidate in _candidates(body, is_plain, stated):
        if len(candidate) <= _MAX_CANDIDATE_BYTES and (mark := hash(candidate)) not in seen:
            seen.add(mark)
            yield cause, evidence, candidate


def _candidates(body: bytes, is_plain: bool, stated: int | None) -> Iterator[Original]:
    yield from _line_ends(body)
    yield from unwrapped(body, stated)
    yield from _from_other_charsets(body)
    try:
        text = body.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError:
        return
    yield from _escaped(text)
    if is_plain:
        yield from _json_again(text)
    yield from _as_text(text)
    yield from _recoded(text)
    for words, form in forms.encoded(text, is_plain=is_plain):
        yield "body_decoded_form", words, _octets(form)


def _line_ends(body: bytes) -> Iterator[Original]:
    cause = "body_line_ends"
    yield cause, "a newline at its end was removed", body + b"\n"
    yield cause, "a newline at its end was removed", body + b"\r\n"
    yield cause, "a newline was added to its end", body.removesuffix(b"\n").removesuffix(b"\r")
    yield cause, "blanks were added around it", body.strip()
    unix = body.replace(b"\r\n", b"\n")
    yield cause, "its line ends were LF and became CRLF", unix
    yield cause, "its line ends were CRLF and became LF", unix.replace(b"\n", b"\r\n")
    if b"\r" in body and b"\n" not in body:
        yield cause, "its line ends were LF and became CR", body.replace(b"\r", b"\n")
    yield "body_byte_order_mark", "a byte order mark was added", body.removeprefix(_BOM)
    yield "body_byte_order_mark", "byte order marks were added", body.removeprefix(_BOM).removeprefix(_BOM)
    yield "body_byte_order_mark", "its byte order mark was removed", _BOM + body


def _from_other_charsets(body: bytes) -> Iterator[Original]:
    """What is no UTF-8, or has NULs, which no text has."""
    is_wide = b"\0" in body[:4]
    for charset in ("utf-16", "utf-16-le", "utf-16-be") if is_wide or body[:2] in _WIDE else ():
        yield "body_recoded", f"it was UTF-8 and became {charset}", _attempt(_to_utf_8, body, charset)
    if not is_wide and not is_utf_8(body):
        for charset in ("latin-1", "cp1252"):
            yield "body_recoded", f"it was UTF-8 and became {charset}", _attempt(_to_utf_8, body, charset)


_WIDE = {b"\xff\xfe", b"\xfe\xff"}


def is_utf_8(body: bytes) -> bool:
    """Whether it can be decoded as UTF-8."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _json_again(text: str) -> Iterator[Original]:
    for words, written in restyled(text):
        yield "body_reserialized", words, _octets(written)
        if "escaped" not in words:
            yield "body_reserialized", words + ", with a newline at its end", _octets(written + "\n")
    yield "body_incomplete", "the brackets at its end are missing", _octets(closed(text))
    for words, written in with_floats(text):
        yield "body_reserialized", words, _octets(written)


def _as_text(text: str) -> Iterator[Original]:
    cause, words = "body_as_text", "it is the printed form of a Python object"
    if text[:1] == '"':
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            inner = None
        if isinstance(inner, str):
            yield cause, "it is JSON in a JSON string", _octets(inner)
    elif text[:1] == "b":
        bare = text.removeprefix("bytearray(").removesuffix(")") if text.startswith("bytearray(") else text
        yield cause, words, printed.bytes_of(bare)
    elif '"=>' in text:
        for _, written in restyled(text.replace('"=>nil', '":null').replace('"=>', '":')):
            yield cause, "it is what Ruby's inspect gives", _octets(written)
    elif "'" in text:
        for _, written in restyled(printed.json_of(text)):
            yield cause, words, _octets(written)
    yield cause, "it was JSON in a JSON string", _octets(json.dumps(text))


def _escaped(text: str) -> Iterator[Original]:
    cause = "body_escaped"
    yield cause, "its slashes were escaped", _octets(text.replace("/", "\\/"))
    # Nobody escapes slashes but a library, PHP's first of all, that writes the JSON anew.
    yield "body_reserialized", "its slashes were not escaped", _octets(text.replace("\\/", "/"))
    for table in (_JSON_LOWER, _JSON_UPPER):
        there, back = text, text
        for plain, escaped in table:
            there, back = there.replace(plain, escaped), back.replace(escaped, plain)
        yield cause, "<, > and & were escaped", _octets(there)
        yield cause, "<, > and & were not escaped", _octets(back)
    if len(text) <= _MAX_TEXT_CHARS:
        yield cause, "its HTML entities were characters", _octets(html.unescape(text))
        yield cause, "characters of it were HTML entities", _octets(html.escape(text))
        yield cause, "characters of it were HTML entities", _octets(html.escape(text, quote=False))
        yield cause, "its ampersands were HTML entities", _octets(text.replace("&", "&amp;"))
        if "%" in text:
            for undo in (unquote, unquote_plus):
                yield cause, "it was not percent-encoded", _octets(undo(text))
        if "\\" in text:
            yield cause, "a backslash was put before its quotes", _octets(_SLASHED.sub(r"\1", text))
            yield cause, "its characters were not escaped by \\x", _octets(_BY_X.sub(_of_code, text))


_SLASHED = re.compile(r"\\(.)", re.DOTALL)
_BY_X = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U000([0-9a-f]{5}))")


def _of_code(match: re.Match[str]) -> str:
    return chr(min(int(match[1] or match[2] or match[3], 16), 0x10FFFF))


_JSON_LOWER = [
    ("<", "\\u003c"),
    (">", "\\u003e"),
    ("&", "\\u0026"),
    ("\u2028", "\\u2028"),
    ("\u2029", "\\u2029"),
]
_JSON_UPPER = [(plain, escaped.replace("c", "C").replace("e", "E")) for plain, escaped in _JSON_LOWER]


def _recoded(text: str) -> Iterator[Original]:
    if text.isascii():
        return
    cause = "body_recoded"
    for charset in ("latin-1", "cp1252", "utf-16", "cp437", "mac_roman"):
        words = f"it was in {charset}, or its bytes were taken for that"
        once = _attempt(str.encode, text, charset)
        yield cause, words, once
        if charset in ("latin-1", "cp1252"):
            yield cause, f"{words}, twice", _attempt(_to_utf_8_and, once, charset)
    if len(text) <= _MAX_TEXT_CHARS:
        for form in ("NFC", "NFD"):
            normal = unicodedata.normalize(form, text)
            yield cause, f"its characters were in the form {form}", _octets(normal)


def _attempt(make: Callable[..., bytes], *given: Any) -> bytes:
    """What ``make`` makes, b"" where it cannot."""
    try:
        return make(*given)
    except (ValueError, LookupError):
        return b""


def _to_utf_8(body: bytes, charset: str) -> bytes:
    return body.decode(charset).encode("utf-8")


def _to_utf_8_and(body: bytes, charset: str) -> bytes:
    return body.decode("utf-8").encode(charset)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
