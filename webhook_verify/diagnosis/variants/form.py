"""Candidates for an original form before it was decoded, parsed or converted to JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_plus

__all__ = ["form_variants"]

_MAX_FIELDS = 1_000
_MAX_FORM_BYTES = 131_072  # Percent-encoding makes it up to three times as long.
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
    if text[:1] in "{[":
        for value in _percent_encodings(text):
            yield "it was originally the field payload of a form", f"payload={value}"
        as_form = _encode_fields("it was converted from a form to JSON", _json_fields(text))
        yield from islice(as_form, 5 if signs_raw_body else 1)
    elif "=" in text:
        yield from islice(_decoded_forms(text), 8 if signs_raw_body else 4)
        if signs_raw_body:
            yield from _encode_fields("its fields were encoded differently", _parse_fields(text))
            yield from _encode_fields("its fields were in another order", sorted(_parse_fields(text)))
        yield from islice(
            _encode_fields("its fields were decoded", _parse_fields(text, plain=True)),
            5 if signs_raw_body else 1,
        )


_PLAIN = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~")
_PERCENT = {code: f"%{code:02X}" for code in range(256) if chr(code) not in _PLAIN}
_ESCAPE = re.compile("%[0-9A-F]{2}")


def _percent_encodings(text: str) -> list[str]:
    """Return the text percent-encoded in the styles of common libraries."""
    # The same as urllib.parse.quote, which is slow because it processes each character separately.
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
    """Undo decoding or encoding of the whole text, of its spaces, or of its only field."""
    yield "its plus signs were decoded to spaces", text.replace(" ", "+")
    yield "it was originally not percent-encoded", unquote_plus(text)
    yield "it was originally not percent-encoded", unquote(text)
    name, _, value = text.partition("=")
    for encoded_value in _percent_encodings(value):
        yield "it was originally percent-encoded", f"{name}={encoded_value}"


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
