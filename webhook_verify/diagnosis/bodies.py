"""What the body may have been before somebody rewrote it: the usual ways, in bounded work.

Each way gives at most about a hundred candidates, of which none is larger than 4 MiB, and they are made one
after the other: who has seen enough makes no more of them.
"""

from __future__ import annotations

import binascii
import html
import json
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from webhook_verify.diagnosis import forms, printed
from webhook_verify.diagnosis.json_styles import restyled

__all__ = ["originals"]

_MOST = 4_194_304  # bytes of one candidate
_LONGEST_TEXT = 131_072  # characters of what is looked at one by one, which is slow
_BOM = b"\xef\xbb\xbf"

Original = tuple[str, str, bytes]
"""(cause, evidence, body): with this body the signature may be right."""


def originals(body: bytes, *, is_plain: bool = True) -> Iterator[Original]:
    """The bodies that this one may have been made of, the likeliest first; each is another than ``body``.

    ``is_plain``: whether the bytes are signed. Else the scheme parses the JSON, and its style is all one.
    """
    seen = {hash(body), hash(b"")}  # of their hashes: the candidates would be too large to keep
    for cause, evidence, candidate in _candidates(body, is_plain):
        if len(candidate) <= _MOST and (mark := hash(candidate)) not in seen:
            seen.add(mark)
            yield cause, evidence, candidate


def _candidates(body: bytes, is_plain: bool) -> Iterator[Original]:
    yield from _line_ends(body)
    yield from _wrapped(body)
    try:
        text = body.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError:
        yield "body_recoded", "it was UTF-8 and became latin-1", _attempt(_from_latin_1, body)
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
    yield "body_byte_order_mark", "a byte order mark was added", body.removeprefix(_BOM)
    yield "body_byte_order_mark", "its byte order mark was removed", _BOM + body


def _wrapped(body: bytes) -> Iterator[Original]:
    if body[:2] == b"\x1f\x8b" or body[:1] == b"\x78":
        yield "body_compressed", "what it holds compressed was signed", _attempt(_inflated, body)
    if len(body) % 4 == 0:
        yield "body_in_base64", "what it holds in base64 was signed", _attempt(_from_base64, body)


def _json_again(text: str) -> Iterator[Original]:
    for words, written in restyled(text):
        yield "body_reserialized", words, _octets(written)
        if "escaped" not in words:
            yield "body_reserialized", words + ", with a newline at its end", _octets(written + "\n")


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
        yield cause, words, printed.bytes_of(text)
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
    if len(text) <= _LONGEST_TEXT:
        yield cause, "its HTML entities were characters", _octets(html.unescape(text))
        yield cause, "characters of it were HTML entities", _octets(html.escape(text))
        yield cause, "characters of it were HTML entities", _octets(html.escape(text, quote=False))


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
    for charset in ("latin-1", "cp1252", "utf-16"):
        words = f"it was in {charset}, or its bytes were taken for that"
        yield cause, words, _attempt(str.encode, text, charset)
    if len(text) <= _LONGEST_TEXT:
        for form in ("NFC", "NFD"):
            normal = unicodedata.normalize(form, text)
            yield cause, f"its characters were in the form {form}", _octets(normal)


def _attempt(make: Callable[..., bytes], *given: Any) -> bytes:
    """What ``make`` makes, b"" where it cannot."""
    try:
        return make(*given)
    except (ValueError, zlib.error, LookupError):
        return b""


def _from_latin_1(body: bytes) -> bytes:
    return body.decode("latin-1").encode("utf-8")


def _from_base64(body: bytes) -> bytes:
    return binascii.a2b_base64(body, strict_mode=True)


def _inflated(body: bytes) -> bytes:
    return zlib.decompressobj(wbits=47).decompress(body, _MOST)  # 32 + 15: gzip or zlib, as it says


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
