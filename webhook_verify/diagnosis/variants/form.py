"""What a form may have been before it was decoded, taken apart, or turned into JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_plus

__all__ = ["form_variants"]

_MAX_FIELDS = 1_000
_MAX_FORM_BYTES = 131_072  # bytes in UTF-8, each of which may be percent-encoded
_MAX_LOWER_CASED_CHARS = 16_384  # which takes each escape alone

_Pairs = list[tuple[str, str]]
FormVariant = tuple[str, str]
"""(what it was, the form)."""


def form_variants(text: str, *, signs_raw_body: bool = True) -> Iterator[FormVariant]:
    """The forms that this text may have been, the likeliest first.

    ``signs_raw_body``: whether its bytes are signed. Else the scheme decodes the fields, and neither their
    encoding nor their order matters.
    """
    if len(text) > _MAX_FORM_BYTES or len(text.encode("utf-8", "surrogatepass")) > _MAX_FORM_BYTES:
        return
    if text[:1] in "{[":
        for value in _percent_encodings(text):
            yield "it was the field payload of a form", f"payload={value}"
        as_form = _encode_fields("it was a form, and became JSON", _json_fields(text))
        yield from islice(as_form, 5 if signs_raw_body else 1)
    elif "=" in text:
        yield from islice(_decoded_forms(text), 8 if signs_raw_body else 4)
        if signs_raw_body:
            yield from _encode_fields("its fields were encoded otherwise", _parse_fields(text))
            yield from _encode_fields("its fields stood in another order", sorted(_parse_fields(text)))
        yield from islice(
            _encode_fields("its fields were decoded", _parse_fields(text, plain=True)),
            5 if signs_raw_body else 1,
        )


_PLAIN = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~")
_PERCENT = {code: f"%{code:02X}" for code in range(256) if chr(code) not in _PLAIN}
_ESCAPE = re.compile("%[0-9A-F]{2}")


def _percent_encodings(text: str) -> list[str]:
    """The text percent-encoded as the usual libraries do it."""
    # As urllib.parse.quote, which takes each character alone and the time for that.
    quoted = text.encode("utf-8", "surrogatepass").decode("latin-1").translate(_PERCENT)
    plus = quoted.replace("%20", "+")
    slashes = quoted.replace("%2F", "/")
    browsers = plus.replace("%2A", "*").replace("~", "%7E")
    lower = _ESCAPE.sub(lambda match: match[0].lower(), plus) if len(plus) <= _MAX_LOWER_CASED_CHARS else plus
    return [plus, quoted, slashes, browsers, lower]


def _encode_fields(words: str, pairs: _Pairs) -> Iterator[FormVariant]:
    named = [(_percent_encodings(name), _percent_encodings(value)) for name, value in pairs]
    for way in range(len(_percent_encodings("")) if named else 0):
        yield words, "&".join(f"{names[way]}={values[way]}" for names, values in named)


def _decoded_forms(text: str) -> Iterator[FormVariant]:
    """The whole text was decoded, or only its blanks, or its one field."""
    yield "its blanks were pluses", text.replace(" ", "+")
    yield "it was not percent-encoded", unquote_plus(text)
    yield "it was not percent-encoded", unquote(text)
    name, _, value = text.partition("=")
    for encoded_value in _percent_encodings(value):
        yield "it was percent-encoded", f"{name}={encoded_value}"


def _parse_fields(text: str, *, plain: bool = False) -> _Pairs:
    """The fields, read as encoded ones, or as what somebody decoded before."""
    if text.count("&") >= _MAX_FIELDS:
        return []
    if plain:
        fields = (field.partition("=") for field in text.split("&"))
        return [(name, value) for name, _, value in fields]
    return parse_qsl(text, keep_blank_values=True)


def _json_fields(text: str) -> _Pairs:
    """The fields of a JSON object of texts, or of lists of texts; [] of any other."""
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
