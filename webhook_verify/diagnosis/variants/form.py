"""What a form may have been before it was decoded, taken apart, or turned into JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, unquote, unquote_plus

__all__ = ["encoded"]

_MAX_FIELDS = 1_000
_MAX_FORM_CHARS = 131_072  # characters
_MAX_LOWER_CASED_CHARS = 16_384  # which takes each escape alone

_Pairs = list[tuple[str, str]]
Encoded = tuple[str, str]
"""(what it was, the form)."""


def encoded(text: str, *, is_plain: bool = True) -> Iterator[Encoded]:
    """The forms that this text may have been, the likeliest first.

    ``is_plain``: whether its bytes are signed. Else a scheme decodes the fields, and it is all one how they
    are encoded, and in which order.
    """
    if len(text) > _MAX_FORM_CHARS:
        return
    if text[:1] in "{[":
        for value in _ways(text):
            yield "it was the field payload of a form", f"payload={value}"
        as_form = _written("it was a form, and became JSON", _fields_of(text))
        yield from islice(as_form, 5 if is_plain else 1)
    elif "=" in text:
        yield from islice(_decoded(text), 8 if is_plain else 4)
        if is_plain:
            yield from _written("its fields were encoded otherwise", _split(text))
            yield from _written("its fields stood in another order", sorted(_split(text)))
        yield from islice(_written("its fields were decoded", _split(text, plain=True)), 5 if is_plain else 1)


_PLAIN = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~")
_PERCENT = {code: f"%{code:02X}" for code in range(256) if chr(code) not in _PLAIN}
_ESCAPE = re.compile("%[0-9A-F]{2}")


def _ways(text: str) -> list[str]:
    """The text percent-encoded as the usual libraries do it."""
    # As urllib.parse.quote, which takes each character alone and the time for that.
    quoted = text.encode("utf-8", "surrogatepass").decode("latin-1").translate(_PERCENT)
    plus = quoted.replace("%20", "+")
    slashes = quoted.replace("%2F", "/")
    browsers = plus.replace("%2A", "*").replace("~", "%7E")
    lower = _ESCAPE.sub(lambda match: match[0].lower(), plus) if len(plus) <= _MAX_LOWER_CASED_CHARS else plus
    return [plus, quoted, slashes, browsers, lower]


def _written(words: str, pairs: _Pairs) -> Iterator[Encoded]:
    named = [(_ways(name), _ways(value)) for name, value in pairs]
    for way in range(len(_ways("")) if named else 0):
        yield words, "&".join(f"{names[way]}={values[way]}" for names, values in named)


def _decoded(text: str) -> Iterator[Encoded]:
    """The whole text was decoded, or only its blanks, or its one field."""
    yield "its blanks were pluses", text.replace(" ", "+")
    yield "it was not percent-encoded", unquote_plus(text)
    yield "it was not percent-encoded", unquote(text)
    name, _, value = text.partition("=")
    for encoded_value in _ways(value):
        yield "it was percent-encoded", f"{name}={encoded_value}"


def _split(text: str, *, plain: bool = False) -> _Pairs:
    """The fields, read as encoded ones, or as what somebody decoded before."""
    if text.count("&") >= _MAX_FIELDS:
        return []
    if plain:
        fields = (field.partition("=") for field in text.split("&"))
        return [(name, value) for name, _, value in fields]
    return parse_qsl(text, keep_blank_values=True)


def _fields_of(text: str) -> _Pairs:
    """The fields of a JSON object of texts, or of lists of texts; [] of any other."""
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return []
    pairs: _Pairs = []
    for name, field in value.items() if value.__class__ is dict else ():
        several: Any = field if field.__class__ is list else [field]
        if len(pairs) + len(several) > _MAX_FIELDS or not all(isinstance(each, str) for each in several):
            return []
        pairs += [(name, each) for each in several]
    return pairs
