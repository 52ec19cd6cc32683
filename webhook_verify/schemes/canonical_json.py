"""The canonical form of a JSON text: the output of json-stable-stringify, byte for byte.

Emporix's example signs this form: no whitespace, keys in the order of their UTF-16 code units, strings
escaped as by JSON.stringify, numbers printed as ECMAScript prints a double (Number::toString, ECMA-262
section 6.1.6.1.20). Python's json module differs in floats, key order and lone surrogates.

A text that two parsers may read differently has no canonical form and is rejected: duplicate keys, NaN,
numbers beyond a double, bytes that are not UTF-8, and deep nesting.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from json.encoder import encode_basestring as _quote
from math import isinf
from typing import Any, NoReturn

from webhook_verify.errors import MalformedDelivery, Reason

__all__ = ["MAX_DEPTH", "MAX_FRACTIONS", "MAX_VALUES", "canonical_forms"]

MAX_DEPTH = 128
"""The maximum nesting depth of arrays and objects."""

MAX_VALUES = 12_000
"""The maximum number of values, because a body is converted before its signature is verified."""

MAX_FRACTIONS = 2_000
"""The maximum number of different numbers except plain integers. Each costs as much as ten other values."""

_EXACT_DIGITS = 15  # a double holds any integer with this many digits exactly


def canonical_forms(body: bytes) -> tuple[bytes, ...]:
    """Return the canonical form and, if it differs, the same form with numbers as they were written.

    The second form is for senders that do not convert numbers to doubles, as JavaScript does. Only a trailing
    `.0` is removed from its numbers.

    Args:
        body: The request body.

    Returns:
        The forms. Empty if the conversion would be too expensive: the body has more than `MAX_VALUES` commas
        and opening brackets, or more than `MAX_FRACTIONS` numbers that are not plain integers.

    Raises:
        MalformedDelivery: If the body has no canonical form.
    """
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_VALUES:
        return ()
    value, lexemes = _parse(body)
    if sum(not _is_plain_integer(lexeme) for lexeme in lexemes) > MAX_FRACTIONS:
        return ()
    doubles = {lexeme: _javascript(lexeme) for lexeme in lexemes}
    as_written = {lexeme: _without_point_zero(lexeme) for lexeme in lexemes}
    texts = (doubles,) if as_written == doubles else (doubles, as_written)
    # UTF-8 cannot encode lone surrogates: they become \ud800, as in JSON.stringify.
    return tuple(_text(value, numbers, MAX_DEPTH).encode("utf-8", "backslashreplace") for numbers in texts)


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


def _parse(body: bytes) -> tuple[Any, Mapping[str, str]]:
    """Parse a JSON text and return its value and its numbers as written."""
    numbers: dict[str, _Number] = {}

    def number(lexeme: str) -> _Number:
        return numbers.get(lexeme) or numbers.setdefault(lexeme, _Number(lexeme))

    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_float=number,
            parse_int=number,
            parse_constant=_no_number,
        )
    except ValueError:
        detail = "the body is not JSON in UTF-8"  # the original error contains the body
    except RecursionError:
        detail = _TOO_DEEP_DETAIL
    else:
        return value, numbers
    raise _unreadable(detail)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _unreadable("an object in the body has a duplicate key, so its value is ambiguous")
    return found


def _text(value: Any, numbers: Mapping[str, str], levels: int) -> str:
    """Serialize a value. `numbers` maps each number to its printed form."""
    kind = value.__class__
    if kind is str:
        return _quote(value)
    if kind is _Number:
        return numbers[value]
    if kind is not dict and kind is not list:
        return _WORDS[value]
    if not levels:
        raise _unreadable(_TOO_DEEP_DETAIL)
    levels -= 1
    if kind is list:
        return f"[{','.join([_text(each, numbers, levels) for each in value])}]"
    pairs = [f"{_quote(key)}:{_text(value[key], numbers, levels)}" for key in _sorted(value)]
    return "{" + ",".join(pairs) + "}"


_WORDS = {True: "true", False: "false", None: "null"}


def _sorted(keys: Mapping[str, Any]) -> list[str]:
    """Sort the keys by their UTF-16 code units: an emoji precedes U+FFEE."""
    if "".join(keys).isascii():
        return sorted(keys)
    return sorted(keys, key=lambda key: key.encode("utf-16-be", "surrogatepass"))


def _javascript(lexeme: str) -> str:
    """Format a number as JSON.stringify does: the shortest digits that give the same double."""
    if _is_plain_integer(lexeme):
        return lexeme if lexeme != "-0" else "0"
    value = float(lexeme)
    if isinf(value):
        _no_number(lexeme)
    if not value:
        return "0"
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(digits) - len(fraction) + int(exponent or 0)
    return ("-" if value < 0 else "") + _place_point(digits.rstrip("0"), point)


def _is_plain_integer(lexeme: str) -> bool:
    return len(lexeme) <= _EXACT_DIGITS and lexeme.removeprefix("-").isdecimal()


def _place_point(digits: str, point: int) -> str:
    """Insert the decimal point after `point` digits, as ECMAScript does."""
    if 0 < point <= 21:
        whole, fraction = digits[:point].ljust(point, "0"), digits[point:]
        return f"{whole}.{fraction}" if fraction else whole
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if digits[1:] else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"


def _without_point_zero(lexeme: str) -> str:
    whole, _, fraction = lexeme.partition(".")
    return lexeme if fraction.strip("0") else whole


def _no_number(_: str) -> NoReturn:
    raise _unreadable("the body contains NaN or a number that is infinite as a double")


_TOO_DEEP_DETAIL = f"the body is nested deeper than {MAX_DEPTH} levels"


def _unreadable(detail: str) -> MalformedDelivery:
    return MalformedDelivery(Reason.UNREADABLE_BODY, detail)
