"""The same JSON with its numbers in another spelling: 10, 10.0, 10.00, 1e1, 1.0E1.

A parser reads them as equal, and each language serializes them in its own way. The work is bounded: numbers
are changed together, and one by one only in short JSON with few of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice, product
from typing import NamedTuple

from webhook_verify.diagnosis.variants.json_style import STRING_PATTERN

__all__ = ["number_variants"]

_MAX_CHARS = 131_072
_MAX_COMBINED_CHARS, _MAX_COMBINED_NUMBERS = 8_192, 5  # Five numbers have 31 combinations of two spellings.
_MAX_NUMBERS = 5_000
_MAX_COMBINATIONS = 400
_MAX_DIGITS = 25

JSONVariant = tuple[str, str]
"""(evidence, JSON)."""


def number_variants(text: str) -> Iterator[JSONVariant]:
    """Yield the JSON with other spellings of its numbers, most likely first.

    Args:
        text: The decoded body.

    Yields:
        Candidates, which may be repeated.
    """
    if len(text) > _MAX_CHARS or text[:1] not in ("{", "["):
        return
    matches = [match for match in islice(_NUMBER.finditer(text), _MAX_CHARS) if match[1]]
    if not 0 < len(matches) <= _MAX_NUMBERS:
        return
    numbers = [match[1] for match in matches]
    pieces = _pieces(text, [match.span(1) for match in matches])
    keys = [_key_before(piece) for piece in pieces[:-1]]
    fractional = {key for key, number in zip(keys, numbers, strict=True) if "." in number} - {""}
    if fractional:
        changed = [
            f"{number}.0" if key in fractional and number.lstrip("-").isdecimal() else number
            for key, number in zip(keys, numbers, strict=True)
        ]
        yield _ENDED_WITH_ZERO, _join(pieces, changed)
    distinct = set(numbers)
    for evidence, spell in _SPELLINGS:
        spelled = {number: spelling for number in distinct if (spelling := spell(number)) != number}
        if spelled:
            yield evidence, _join(pieces, [spelled.get(number, number) for number in numbers])
    for places in _DECIMAL_PLACES if fractional else ():
        padded = {number: _pad(number, places) for number in distinct}
        changed = [
            padded[number] if key in fractional else number for key, number in zip(keys, numbers, strict=True)
        ]
        yield f"numbers originally had {places} decimal places", _join(pieces, changed)
    if len(text) <= _MAX_COMBINED_CHARS:
        yield from islice(_combinations(pieces, numbers), _MAX_COMBINATIONS)


_ENDED_WITH_ZERO = "numbers originally ended with .0"
_NUMBER = re.compile(
    STRING_PATTERN + r"|(?<![\w.+-])(-?\d{1,25}(?:\.\d{1,25})?(?:[eE][+-]?\d{1,3})?)(?![\w.+-])", re.DOTALL
)
_DECIMAL_PLACES = (2, 3, 4, 6, 8)


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """Return the text between the numbers."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    return [text[end:start] for end, start in zip(ends, starts, strict=True)]


def _key_before(piece: str) -> str:
    """Return the key of the number that follows, or "" if it is not the value of a key."""
    bare = piece.rstrip(" ")
    return bare[bare.rfind('"', 0, -2) :] if bare.endswith('":') else ""


def _join(pieces: Sequence[str], numbers: Sequence[str]) -> str:
    return "".join(chain.from_iterable(zip(pieces, (*numbers, ""), strict=True)))


def _combinations(pieces: Sequence[str], numbers: Sequence[str]) -> Iterator[JSONVariant]:
    """Change each subset of the numbers that can be spelled otherwise, if there are few of them."""
    for evidence, spell in ((_ENDED_WITH_ZERO, _with_fraction), (_HAD_CENTS, _with_cents)):
        spellings = {number: spell(number) for number in numbers}
        yield from _subsets(evidence, pieces, numbers, spellings)
    parsed = {
        number: digits for number in numbers if (digits := _digits(number)) and _is_round(number, digits)
    }
    if not 0 < sum(number in parsed for number in numbers) <= _MAX_COMBINED_NUMBERS:
        return
    for rest in ({}, {number: _with_fraction(number) for number in numbers if number not in parsed}):
        for exponent in _EXPONENTS:
            spellings = rest | {number: exponent.spell(digits) for number, digits in parsed.items()}
            yield from _subsets("numbers originally had an exponent", pieces, numbers, spellings)


def _subsets(
    evidence: str, pieces: Sequence[str], numbers: Sequence[str], spellings: Mapping[str, str]
) -> Iterator[JSONVariant]:
    choices = [tuple(dict.fromkeys((number, spellings.get(number, number)))) for number in numbers]
    if sum(len(choice) > 1 for choice in choices) <= _MAX_COMBINED_NUMBERS:
        for chosen in product(*choices):
            yield evidence, _join(pieces, chosen)


class _Digits(NamedTuple):
    """A number as 0.`digits` times ten to the power of `point`, without trailing zeros."""

    sign: str
    digits: str
    point: int


def _digits(number: str) -> _Digits | None:
    """Return the digits of a number, or None for zero and for a number that a float cannot hold."""
    if len(number) > _MAX_DIGITS:
        return None
    sign, digits, exponent = Decimal(number).as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    if not text or not isinstance(exponent, int) or len(text.rstrip("0")) > 17 or abs(exponent) > 330:
        return None
    return _Digits("-" if sign else "", text.rstrip("0"), len(text) + exponent)


class _Exponent(NamedTuple):
    """The form of a number with an exponent, such as 1.0E+05."""

    letter: str = "e"
    has_plus: bool = True
    min_digits: int = 1
    has_zero: bool = False

    def spell(self, number: _Digits) -> str:
        """Return the number with an exponent."""
        fraction = number.digits[1:] or ("0" if self.has_zero else "")
        mantissa = f"{number.digits[0]}.{fraction}" if fraction else number.digits[0]
        exponent = number.point - 1
        sign = "-" if exponent < 0 else "+" if self.has_plus else ""
        return f"{number.sign}{mantissa}{self.letter}{sign}{abs(exponent):0{self.min_digits}}"


def _plain(number: _Digits, *, has_zero: bool) -> str:
    sign, digits, point = number
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return f"{sign}{digits}{'0' * (point - len(digits))}{'.0' if has_zero else ''}"
    return f"{sign}{digits[:point]}.{digits[point:]}"


@dataclass(frozen=True)
class _Language:
    """How a language serializes a float: with an exponent unless the point is in a range."""

    exponent: _Exponent
    min_point: int
    max_point: int
    has_zero: bool

    def spell(self, number: str) -> str:
        """Return the number as the language serializes it. An integer is changed only if it is very large."""
        is_integer = number.lstrip("-").isdecimal()
        is_common = (is_integer and len(number) < _MIN_FLOAT_CHARS) or _COMMON_FRACTION.fullmatch(number)
        parsed = None if is_common else _digits(number)
        if parsed is None:
            return number
        if self.min_point <= parsed.point <= self.max_point:
            return _plain(parsed, has_zero=self.has_zero and not is_integer)
        return self.exponent.spell(parsed)


_COMMON_FRACTION = re.compile(r"-?(?:[1-9]\d{0,5}|0(?=\.[1-9]))\.\d{0,5}[1-9]")  # The same in all languages.
_MIN_FLOAT_CHARS = 16  # JavaScript and Go write integers as long as this without an exponent.


def _strip_zeros(number: str) -> str:
    if "." not in number or "e" in number.lower():
        return number
    return number.rstrip("0").rstrip(".")


def _strip_zeros_to_one(number: str) -> str:
    stripped = _strip_zeros(number)
    return f"{stripped}.0" if "." in number and "." not in stripped else stripped


_LANGUAGES = (
    ("JavaScript or Go", _Language(_Exponent(), -5, 21, has_zero=False)),
    ("Python", _Language(_Exponent(min_digits=2), -3, 16, has_zero=True)),
    ("Java", _Language(_Exponent("E", has_plus=False, has_zero=True), -2, 7, has_zero=True)),
    ("Ruby", _Language(_Exponent(min_digits=2, has_zero=True), -3, 15, has_zero=True)),
    ("PHP", _Language(_Exponent(has_zero=True), -3, 17, has_zero=False)),
    (".NET", _Language(_Exponent("E", min_digits=2), -3, 15, has_zero=False)),
    (".NET", _Language(_Exponent("E", min_digits=2), -3, 15, has_zero=True)),  # Newtonsoft
    ("Rust", _Language(_Exponent(has_plus=False), -4, 16, has_zero=True)),
)
_SPELLINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("numbers originally did not end with .0", lambda number: number.removesuffix(".0")),
    ("numbers originally had no trailing zeros", _strip_zeros),
    ("numbers originally had no trailing zeros", _strip_zeros_to_one),
    *((f"numbers were spelled as by {name}", language.spell) for name, language in _LANGUAGES),
)
_HAD_CENTS = "numbers originally had 2 decimal places"


def _with_fraction(number: str) -> str:
    return f"{number}.0" if number.lstrip("-").isdecimal() else number


def _with_cents(number: str) -> str:
    return _pad(number, 2)


def _is_round(number: str, parsed: _Digits) -> bool:
    """Return whether a library may have written the number with an exponent: 100, 0.001."""
    return parsed.point - len(parsed.digits) >= 2 or parsed.point < -1 or "e" in number.lower()


_EXPONENTS = tuple(
    _Exponent(letter, has_plus, min_digits, has_zero)
    for has_zero in (False, True)
    for min_digits in (1, 2)
    for letter in "eE"
    for has_plus in (False, True)
)


def _pad(number: str, places: int) -> str:
    """Pad a number to so many decimal places."""
    whole, _, fraction = number.partition(".")
    return f"{whole}.{fraction:0<{places}}" if "e" not in number.lower() else number
