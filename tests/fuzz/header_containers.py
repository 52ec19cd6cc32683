"""Containers of headers: those of all frameworks, and invalid ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from types import MappingProxyType
from typing import Any

from tests.fuzz.mutation_case import Effect

_Pairs = list[list[Any]]


class _Items:
    """A header object of a framework that only has items()."""

    def __init__(self, pairs: object) -> None:
        self._pairs: Any = pairs

    def items(self) -> Iterator[Any]:
        return iter(self._pairs)


class _Iterable:
    """An iterable of pairs without other methods."""

    def __init__(self, pairs: object) -> None:
        self._pairs: Any = pairs

    def __iter__(self) -> Iterator[Any]:
        return iter(self._pairs)


def _tuples(pairs: _Pairs, rng: Random) -> object:
    return [tuple(pair) for pair in pairs]


def _lists(pairs: _Pairs, rng: Random) -> object:
    return tuple(pairs)


def _dict(pairs: _Pairs, rng: Random) -> object:
    """Return a dict, or pairs if a name is duplicate or cannot be a key."""
    try:
        headers = {name: value for name, value in pairs}  # noqa: C416 - dict() would take a two-letter text
    except (TypeError, ValueError):
        return _tuples(pairs, rng)
    return headers if len(headers) == len(pairs) else _tuples(pairs, rng)


def _title(pairs: _Pairs, rng: Random) -> object:
    return _dict(_renamed(pairs, str.title), rng)


def _odd_case(pairs: _Pairs, rng: Random) -> object:
    def odd(name: str) -> str:
        return "".join(rng.choice((letter, letter.swapcase())) for letter in name)

    return _tuples(_renamed(pairs, odd), rng)


def _wsgi(pairs: _Pairs, rng: Random) -> object:
    environ = _renamed(pairs, lambda name: "HTTP_" + name.upper().replace("-", "_"))
    return _dict([["REQUEST_METHOD", "POST"], ["wsgi.input", object()], *environ], rng)


def _asgi(pairs: _Pairs, rng: Random) -> object:
    return [tuple(_encoded(part) for part in pair) for pair in pairs]


def _bytes_dict(pairs: _Pairs, rng: Random) -> object:
    return _dict([[_encoded(part) for part in pair] for pair in pairs], rng)


def _proxy(pairs: _Pairs, rng: Random) -> object:
    headers = _dict(pairs, rng)
    return MappingProxyType(headers) if isinstance(headers, dict) else _Iterable(headers)


def _items(pairs: _Pairs, rng: Random) -> object:
    return _Items(_asgi(pairs, rng) if rng.random() < 0.5 else pairs)


def _no_headers(pairs: _Pairs, rng: Random) -> object:
    text = pairs[0][0] if pairs and pairs[0] else ""
    none: list[Any] = [
        None,
        0,
        10**5_000,
        True,
        1.5,
        "",
        text,
        b"",
        b"webhook-id",
        object(),
        dict,
        list,
        int,
        len,
        ...,
    ]
    none += [
        [],
        {},
        (),
        set(),
        [None],
        [[]],
        [()],
        [1, 2],
        ["webhook-id", "msg_1"],
        [("webhook-id",)],
        {"webhook-id"},
    ]
    none += [
        [pair[0] for pair in pairs if pair],
        {"headers": _dict(pairs, rng)},
        [tuple(pairs)],
        [[pairs]],
        _Items(None),
    ]
    none += [
        _Items([1]),
        _Items(_tuples),
        memoryview(b"webhook-id"),
        range(5),
        NotImplemented,
        Exception("x"),
        _Items,
    ]
    return rng.choice(none)


def _renamed(pairs: _Pairs, rename: Callable[[str], str]) -> _Pairs:
    """Change only ASCII names: upper() maps the long s to S, and lower() the Kelvin sign to k."""
    return [
        [rename(pair[0]), *pair[1:]] if pair and isinstance(pair[0], str) and pair[0].isascii() else pair
        for pair in pairs
    ]


def _encoded(part: object) -> object:
    return part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part


SHAPES: list[tuple[str, float, Callable[[_Pairs, Random], object], Effect]] = [
    ("a dict", 40, _dict, Effect.HARMLESS),
    ("a dict in title case", 10, _title, Effect.HARMLESS),
    ("a list of tuples", 8, _tuples, Effect.HARMLESS),
    ("a tuple of lists", 3, _lists, Effect.HARMLESS),
    ("pairs in odd letter case", 3, _odd_case, Effect.HARMLESS),
    ("a WSGI environ", 8, _wsgi, Effect.HARMLESS),
    ("ASGI pairs of bytes", 15, _asgi, Effect.HARMLESS),
    ("a dict of bytes", 3, _bytes_dict, Effect.HARMLESS),
    ("a read-only mapping", 3, _proxy, Effect.HARMLESS),
    ("an object with items()", 5, _items, Effect.HARMLESS),
    ("no headers at all", 2, _no_headers, Effect.FORGED),
]
"""(name, weight, function, effect)"""
