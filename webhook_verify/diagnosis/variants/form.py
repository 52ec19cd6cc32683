"""Candidates for an original form before it was decoded, parsed or converted to JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_plus

__all__ = ["form_variants"]

_MAX_FIELDS = 1_000
_MAX_FORM_BYTES = 131_072  # Percent-encoding makes it up to three times as long.
_MAX_ALL_ENCODERS_CHARS, _MAX_LONG_ENCODERS = 32_768, 4  # Longer text is encoded in the most common styles.
_MAX_LOWER_CASED_CHARS = 16_384  # Each escape is lower-cased separately, which is slow.

_Pairs = list[tuple[str, str]]
FormVariant = tuple[str, str]
"""(evidence, form)."""


def form_variants(text: str, *, signs_raw_body: bool = True) -> Iterator[FormVariant]:
    """Yield candidates for the original form, most likely first.

    Args:
        text: The decoded body.
        signs_raw_body: Whether the scheme signs the bytes. If not, the scheme decodes the fields, so their
            encoding and order do not matter.

    Yields:
        Candidates, which may be repeated.
    """
    if len(text) > _MAX_FORM_BYTES or len(text.encode("utf-8", "surrogatepass")) > _MAX_FORM_BYTES:
        return
    count = None if signs_raw_body else 1
    if text[:1] in "{[":
        encoded = ((encoder, f"payload={value}") for encoder, value in _percent_encodings(text))
        yield from _worded("it was originally the only field of a form", encoded)
        converted = _encode_fields(_json_fields(text))
        yield from islice(_worded("it was converted from a form to JSON", converted), count)
    elif "=" in text:
        yield "the plus signs of telephone numbers were decoded", _PHONE.sub("=%2B", text)
        yield from _decoded_forms(text, count)
        if not signs_raw_body:
            yield from _restored_empty_fields(text)
        if signs_raw_body:
            fields = _parse_fields(text)
            yield from _worded("its fields were encoded again", _encode_fields(fields))
            yield from _worded("its fields were in another order", _encode_fields(sorted(fields)))
        decoded = _encode_fields(_parse_fields(text, plain=True))
        yield from islice(_worded("its fields were decoded", decoded), count)


_PHONE = re.compile(r"=(?:\+|%20| )(?=[0-9]{6,15}(?:&|$))")
_PARTIES, _PLACES = (("To", "Called"), ("From", "Caller")), ("City", "State", "Zip")


def _restored_empty_fields(text: str) -> Iterator[FormVariant]:
    """Restore empty fields of Twilio's places, which some body parsers drop."""
    names = {field.partition("=")[0] for field in text.split("&")}
    groups = [
        [f"{party}{place}" for party in parties if f"{party}Country" in names]
        for parties in _PARTIES
        for place in _PLACES
        if not names.intersection(f"{party}{place}" for party in parties)
    ]
    for flags in product((False, True), repeat=len(groups)):
        empty = [name for flag, group in zip(flags, groups, strict=True) if flag for name in group]
        if empty:
            yield "empty fields were dropped", "&".join([text, *(f"{name}=" for name in empty)])


def _worded(words: str, encoded: Iterable[tuple[str, str]]) -> Iterator[FormVariant]:
    for encoder, form in encoded:
        yield f"{words}; the sender encodes like {encoder}", form


@dataclass(frozen=True)
class _Encoder:
    """How a library percent-encodes.

    Attributes:
        name: The libraries, for the evidence.
        safe: The characters that stay as they are, apart from letters, digits, `-`, `.` and `_`.
        space: A space in encoded form.
        is_lower: Whether the hexadecimal digits are in lower case.
    """

    name: str
    safe: str
    space: str = "+"
    is_lower: bool = False


_ENCODERS = (
    _Encoder("Python's quote_plus or Go", "~"),
    _Encoder("RFC 3986", "~", "%20"),
    _Encoder("PHP's urlencode, which writes ~ as %7E", ""),
    _Encoder("Java, Ruby or URLSearchParams, which write ~ as %7E", "*"),
    _Encoder("JavaScript's encodeURIComponent, which keeps !'()*", "~!*'()", "%20"),
    _Encoder("JavaScript's encodeURIComponent, which keeps !'()*", "~!*'()"),
    _Encoder("Python's quote, which keeps slashes", "~/", "%20"),
    _Encoder("ASP.NET, which keeps !()*", "!*()"),
    _Encoder("ASP.NET, which keeps !()*", "!*()", is_lower=True),
    _Encoder("a library with lower-case digits", "~", is_lower=True),
    _Encoder("a library with lower-case digits", "~", "%20", is_lower=True),
    _Encoder("a library with lower-case digits", "", is_lower=True),
    _Encoder("an older library, which writes ~ as %7E", "", "%20"),
    _Encoder("Java with %20 for spaces", "*", "%20"),
    _Encoder("qs, which keeps parentheses", "~()"),
    _Encoder("qs, which keeps parentheses", "~()", "%20"),
    _Encoder("axios", "~!*'():$,[]"),
    _Encoder("axios", "~!*'():$,"),
    _Encoder("a library that keeps slashes", "~/"),
    _Encoder("a browser, which keeps ' and writes ~ as %7E", "*'"),
    _Encoder("Go's PathEscape", "~$&+=:@", "%20"),
    _Encoder("JavaScript's encodeURI", "~!*'();,/?:@&=+$#", "%20"),
)
_PLAIN = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")
_PERCENT = {code: f"%{code:02X}" for code in range(256) if chr(code) not in _PLAIN}
_ESCAPE = re.compile("%[0-9A-F]{2}")


def _quote(text: str) -> str:
    # The same as urllib.parse.quote, which is slow because it processes each character separately.
    return text.encode("utf-8", "surrogatepass").decode("latin-1").translate(_PERCENT)


def _percent_encodings(text: str) -> Iterator[tuple[str, str]]:
    """Yield (encoder, percent-encoded text) in the styles of common libraries."""
    return _restyled(_quote(text))


def _restyled(quoted: str) -> Iterator[tuple[str, str]]:
    """Yield (encoder, text) for a text in which every special character is percent-encoded."""
    seen: set[tuple[str, str, bool]] = set()
    has_spaces = "%20" in quoted
    for encoder in _ENCODERS if len(quoted) <= _MAX_ALL_ENCODERS_CHARS else _ENCODERS[:_MAX_LONG_ENCODERS]:
        if encoder.is_lower and len(quoted) > _MAX_LOWER_CASED_CHARS:
            continue
        kept = [char for char in encoder.safe if _PERCENT[ord(char)] in quoted]
        style = "".join(sorted(kept)), encoder.space if has_spaces else "", encoder.is_lower
        if style not in seen:
            seen.add(style)
            encoded = quoted
            for char in kept:
                encoded = encoded.replace(_PERCENT[ord(char)], char)
            if has_spaces and encoder.space == "+":
                encoded = encoded.replace("%20", "+")
            yield encoder.name, _lower_escapes(encoded) if encoder.is_lower else encoded


def _lower_escapes(encoded: str) -> str:
    return _ESCAPE.sub(lambda match: match[0].lower(), encoded)


def _encode_fields(pairs: _Pairs) -> Iterator[tuple[str, str]]:
    if pairs:
        yield from _restyled("&".join(f"{_quote(name)}={_quote(value)}" for name, value in pairs))


def _decoded_forms(text: str, count: int | None) -> Iterator[FormVariant]:
    """Undo decoding or encoding of the whole text, of its spaces, or of its only field."""
    yield "its plus signs were decoded to spaces", text.replace(" ", "+")
    yield "it was originally not percent-encoded", unquote_plus(text)
    yield "it was originally not percent-encoded", unquote(text)
    name, _, value = text.partition("=")
    encoded = ((encoder, f"{name}={field}") for encoder, field in _percent_encodings(value))
    yield from islice(_worded("its only field was decoded", encoded), count)


def _parse_fields(text: str, *, plain: bool = False) -> _Pairs:
    """Return the fields of an encoded form, or of a decoded one if `plain`."""
    if text.count("&") >= _MAX_FIELDS:
        return []
    if plain:
        fields = (field.partition("=") for field in text.split("&"))
        return [(name, value) for name, _, value in fields]
    return parse_qsl(text, keep_blank_values=True)


def _json_fields(text: str) -> _Pairs:
    """Return the fields of a JSON object of strings or lists of strings, else []."""
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return []
    pairs: _Pairs = []
    for name, field in value.items() if value.__class__ is dict else ():
        values: Any = field if field.__class__ is list else [field]
        if len(pairs) + len(values) > _MAX_FIELDS or not all(isinstance(value, str) for value in values):
            return []
        pairs += [(name, value) for value in values]
    return pairs
