"""Unexpected bodies that a provider could sign: JSON and forms with unusual values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import quote_from_bytes

__all__ = ["hostile_body"]

_RAW = {
    "deep lists": "[" * 20_000 + "]" * 20_000,
    "deep objects": '{"a":' * 20_000 + "1" + "}" * 20_000,
    "5000 digits": "9" * 5_000,
    "4000 digits": "9" * 4_000,
    "200 digits": "9" * 200,
    "13 digits": "1790000000000",
    "NaN": "NaN",
    "Infinity": "-Infinity",
    "1e400": "1e400",
    "a fraction": "1790000000.5",
    "an exponent": "179e7",
    "minus": "-1790000000",
    "minus nought": "-0",
    "surrogate": r'"\ud800"',
    "null character": r'"\u0000"',
    "odd digits": '"\u0661\u0667\u0669"',
    "blank": '" "',
    "empty": '""',
    "long": '"' + "x" * 100_000 + '"',
    "null": "null",
    "true": "true",
    "2000 of them": "[" + ",".join(["1"] * 2_000) + "]",
    "objects": '[{"id": 1}, 5, null, [[]], {"id": "x"}]',
    "time": '"2026-09-21T14:13:20.123456789Z"',
    "time with a zone": '"2026-09-21T14:13:20+24:60"',
    "no time": '"0000-00-00T00:00:00Z"',
    "the last time": '"9999-12-31T23:59:59-23:59"',
    "junk": "}{",
}
_WHOLE = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b"1",
    b'"x"',
    b"\xff\xfe{\0}\0",
    b"\xef\xbb\xbf{}",
    b"{",
    b"\0",
    b"a=b&a=%ff",
]


def hostile_body(body: bytes, rng: Random) -> bytes:
    """Return the body with a few replaced values, or another body."""
    if rng.random() < 0.1:
        return rng.choice([*_WHOLE, *(raw.encode() for raw in _RAW.values())])
    try:
        value = json.loads(body)
    except ValueError:
        return _hostile_form(body, rng)
    raws: dict[str, str] = {}
    for number in range(rng.choice((1, 1, 2, 4))):
        places = list(_places(value))
        if not places:
            break
        holder, key = rng.choice(places)
        _exchange(holder, key, f"raw-{number}", rng)
        raws[f'"raw-{number}"'] = rng.choice(list(_RAW.values()))
    text = json.dumps(value, ensure_ascii=rng.random() < 0.5)
    for mark, raw in raws.items():
        text = text.replace(mark, raw)
    return text.encode("utf-8", "surrogatepass")


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every (object or list, key) at any depth."""
    items: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, each in list(items):
        yield value, key
        yield from _places(each)


def _exchange(holder: Any, key: Any, mark: str, rng: Random) -> None:
    if isinstance(holder, dict) and rng.random() < 0.15:
        del holder[key]
        holder[f"{key}\u0000"] = mark
    elif isinstance(holder, list) and rng.random() < 0.3:
        holder.insert(key, mark)
    else:
        holder[key] = [mark, mark] if rng.random() < 0.1 else mark


def _hostile_form(body: bytes, rng: Random) -> bytes:
    """Duplicate, remove or exchange fields of a form. Other bytes are truncated or extended."""
    fields = body.split(b"&")
    place = rng.randrange(len(fields))
    name, _, _ = fields[place].partition(b"=")
    odd = rng.choice(
        [b"", b"%", b"%ff", b"%00", b"x" * 10_000, b"9" * 5_000, b"+", b"\xff", b"a=b", b"%0d%0a", b";"]
    )
    other = quote_from_bytes(rng.choice(list(_RAW.values())).encode()[:1_000]).encode()
    fields[place : place + 1] = rng.choice(
        [
            [],
            [name],
            [name + b"=" + odd],
            [name + b"=" + other],
            [fields[place]] * 2,
            [fields[place], name + b"="],
        ]
    )
    return b"&".join(fields) if rng.random() < 0.9 else b"&".join(fields * 200)
