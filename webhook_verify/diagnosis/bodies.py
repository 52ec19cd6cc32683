"""What the body may have been before somebody rewrote it: the usual ways, in bounded work."""

from __future__ import annotations

import ast
import binascii
import html
import json
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote_plus, urlencode

__all__ = ["originals"]

_MOST = 4_194_304  # bytes of one candidate
_LARGEST_TEXT = 65_536  # bytes of what is parsed as Python, which is slow

Original = tuple[str, str, bytes]
"""(cause, evidence, body): with this body the signature may be right."""


def originals(body: bytes) -> Iterator[Original]:
    """The bodies that this one may have been made of, the likeliest first; each is another than ``body``."""
    seen = {body}
    for cause, evidence, candidate in _candidates(body):
        if candidate not in seen and len(candidate) <= _MOST:
            seen.add(candidate)
            yield cause, evidence, candidate


def _candidates(body: bytes) -> Iterator[Original]:
    yield from _line_ends(body)
    yield from _wrapped(body)
    try:
        text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError:
        yield "body_recoded", "it was UTF-8 and became latin-1", _attempt(_from_latin_1, body)
        return
    yield from _escaped(text)
    yield from _recoded(text)
    yield from _json_again(text)
    yield from _printed(text)
    yield from _forms(text)


def _line_ends(body: bytes) -> Iterator[Original]:
    cause = "body_line_ends"
    yield cause, "a newline at its end was removed", body + b"\n"
    yield cause, "a newline at its end was removed", body + b"\r\n"
    yield cause, "a newline was added to its end", body.removesuffix(b"\n").removesuffix(b"\r")
    yield cause, "blanks were added around it", body.strip()
    unix = body.replace(b"\r\n", b"\n")
    yield cause, "its line ends were LF and became CRLF", unix
    yield cause, "its line ends were CRLF and became LF", unix.replace(b"\n", b"\r\n")
    yield "body_byte_order_mark", "a byte order mark was added", body.removeprefix(b"\xef\xbb\xbf")
    yield "body_byte_order_mark", "its byte order mark was removed", b"\xef\xbb\xbf" + body


def _wrapped(body: bytes) -> Iterator[Original]:
    if body[:2] == b"\x1f\x8b" or body[:1] == b"\x78":
        yield "body_compressed", "what it holds compressed was signed", _attempt(_inflated, body)
    if len(body) % 4 == 0 and body[:1].isalnum():
        yield "body_in_base64", "what it holds in base64 was signed", _attempt(_from_base64, body)


def _escaped(text: str) -> Iterator[Original]:
    cause = "body_escaped"
    for plain, escaped in (("/", "\\/"), ("<", "\\u003c"), ("<", "\\u003C")):
        yield cause, f"{plain} was {escaped}", _each(text, plain, escaped)
        yield cause, f"{escaped} was {plain}", _each(text, escaped, plain)
    for words, table in (("lower", _JSON_LOWER), ("upper", _JSON_UPPER)):
        there, back = text, text
        for plain, escaped in table:
            there, back = there.replace(plain, escaped), back.replace(escaped, plain)
        yield cause, f"<, > and & were escaped ({words} case)", _octets(there)
        yield cause, f"<, > and & were not escaped ({words} case)", _octets(back)
    if "&" in text:
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
_JSON_UPPER = [("<", "\\u003C"), (">", "\\u003E"), ("&", "\\u0026")]


def _recoded(text: str) -> Iterator[Original]:
    if text.isascii():
        return
    cause = "body_recoded"
    for charset in ("latin-1", "cp1252", "utf-16"):
        yield cause, f"it was in {charset}", _attempt(str.encode, text, charset)
    for form in ("NFC", "NFD"):
        yield cause, f"its characters were in the form {form}", _octets(unicodedata.normalize(form, text))
    yield cause, "its UTF-8 was taken for latin-1 and encoded again", _attempt(_undone, text)


_STYLES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("compact", {"separators": (",", ":")}),
    ("with blanks after commas and colons", {}),
    ("indented by 2", {"indent": 2}),
    ("indented by 4", {"indent": 4}),
    ("indented by tabs", {"indent": "\t"}),
)


def _json_again(text: str) -> Iterator[Original]:
    """The JSON written in the styles of the usual libraries: keys as they stand or sorted, escaped or not."""
    try:
        value = json.loads(text, parse_float=_marked)
        plain = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(value, str):
        yield "body_as_text", "it is JSON in a JSON string", _octets(value)
    yield "body_as_text", "it was JSON in a JSON string", _octets(json.dumps(text))
    for ordered in (False, True):
        for style, options in _STYLES:
            for ascii_only in (False, True):
                words = f"it was {style}" + (", its keys sorted" if ordered else "")
                for each in (value, plain):
                    written = _written(each, ensure_ascii=ascii_only, sort_keys=ordered, **options)
                    yield "body_reserialized", words, written
                    yield "body_reserialized", words + ", with a newline at its end", written + b"\n"
                    yield "body_reserialized", words + ", with escaped slashes", written.replace(b"/", b"\\/")


_MARK = "~~number~~"


def _marked(lexeme: str) -> str:
    """A text that stands for a number, so that it is written as it was: 1.10 stays 1.10."""
    return f"{_MARK}{lexeme}{_MARK}"


def _written(value: Any, **options: Any) -> bytes:
    try:
        text = json.dumps(value, **options)
    except (ValueError, TypeError, RecursionError):
        return b""
    return _octets(text.replace(f'"{_MARK}', "").replace(f'{_MARK}"', ""))


def _printed(text: str) -> Iterator[Original]:
    """What str() or repr() of a Python object made of it."""
    if len(text) > _LARGEST_TEXT or not text.startswith(("{", "[", "b'", 'b"', "(")):
        return
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return
    cause, words = "body_as_text", "it is the printed form of a Python object"
    if isinstance(value, bytes):
        yield cause, words, value
        return
    for _, options in _STYLES[:2]:
        for ascii_only in (False, True):
            yield cause, words, _written(value, ensure_ascii=ascii_only, **options)


def _forms(text: str) -> Iterator[Original]:
    cause = "body_decoded_form"
    quotes: tuple[Callable[[str], str], ...] = (quote_plus, quote)
    for encode in quotes:
        yield cause, "it was the field payload of a form", _octets("payload=" + encode(text))
    if "=" not in text or text[:1] in "{[":
        return
    yield cause, "it was percent-encoded", _octets(text.replace(" ", "+"))
    yield cause, "it was not percent-encoded", _octets(unquote_plus(text))
    pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=1000) if text.count("&") < 1000 else []
    for encode in quotes:
        yield cause, "its fields were encoded otherwise", _octets(urlencode(pairs, quote_via=_quoter(encode)))
        yield cause, "its fields were sorted", _octets(urlencode(sorted(pairs), quote_via=_quoter(encode)))


def _quoter(encode: Callable[[str], str]) -> Callable[..., str]:
    def quoted(text: str, *_: object) -> str:
        return encode(text)

    return quoted


def _attempt(make: Callable[..., bytes], *given: Any) -> bytes:
    """What ``make`` makes, b"" where it cannot."""
    try:
        return make(*given)
    except (ValueError, zlib.error, LookupError):
        return b""


def _from_latin_1(body: bytes) -> bytes:
    return body.decode("latin-1").encode("utf-8")


def _undone(text: str) -> bytes:
    return text.encode("latin-1").decode("utf-8").encode("utf-8") and text.encode("latin-1")


def _from_base64(body: bytes) -> bytes:
    return binascii.a2b_base64(body, strict_mode=True)


def _inflated(body: bytes) -> bytes:
    return zlib.decompressobj(wbits=47).decompress(body, _MOST)  # 32 + 15: gzip or zlib, as it says


def _each(text: str, old: str, new: str) -> bytes:
    return _octets(text.replace(old, new))


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
