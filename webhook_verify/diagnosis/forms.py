"""What a form may have been before it was decoded, taken apart, or turned into JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, unquote_plus

__all__ = ["encoded"]

_MOST_FIELDS = 1_000
_LONGEST = 1_048_576  # characters

_Quote = Callable[[str], str]
_Pairs = list[tuple[str, str]]
Encoded = tuple[str, str]
"""(what it was, the form)."""


def encoded(text: str) -> Iterator[Encoded]:
    """The forms that this text may have been, the likeliest first."""
    if len(text) > _LONGEST:
        return
    if text[:1] in "{[":
        for quoted in _QUOTES:
            yield "it was the field payload of a form", "payload=" + quoted(text)
        yield from _written("it was a form, and became JSON", _fields_of(text))
    elif "=" in text:
        yield from _decoded(text)
        yield from _written("its fields were encoded otherwise", _split(text))
        yield from _written("its fields stood in another order", sorted(_split(text)))
        yield from _written("its fields were decoded", _split(text, plain=True))


def _quote_all(text: str) -> str:
    return quote(text, safe="")


def _quote_as_browsers(text: str) -> str:
    return quote_plus(text, safe="*").replace("~", "%7E")


def _quote_lower(text: str) -> str:
    """With hexadecimal digits in lower case, as .NET writes them."""
    parts = quote_plus(text, safe="").split("%")
    return "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])


_QUOTES: tuple[_Quote, ...] = (quote_plus, _quote_all, quote, _quote_as_browsers, _quote_lower)


def _written(words: str, pairs: _Pairs) -> Iterator[Encoded]:
    if pairs:
        for quoted in _QUOTES:
            yield words, "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs)


def _decoded(text: str) -> Iterator[Encoded]:
    """The whole text was decoded, or only its blanks, or its one field."""
    yield "its blanks were pluses", text.replace(" ", "+")
    yield "it was not percent-encoded", unquote_plus(text)
    yield "it was not percent-encoded", unquote(text)
    name, _, value = text.partition("=")
    for quoted in _QUOTES:
        yield "it was percent-encoded", f"{name}={quoted(value)}"


def _split(text: str, *, plain: bool = False) -> _Pairs:
    """The fields, read as encoded ones, or as what somebody decoded before."""
    if text.count("&") >= _MOST_FIELDS:
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
        if len(pairs) + len(several) > _MOST_FIELDS or not all(isinstance(each, str) for each in several):
            return []
        pairs += [(name, each) for each in several]
    return pairs
