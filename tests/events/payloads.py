"""Payloads out of a JSON schema: valid ones, and what may become of them on a bad day.

No package that makes values from schemas is maintained enough to lean on, and the schemas of events need
little: objects, arrays, scalars, enumerations, ``anyOf``, references, and patterns of one character class.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

__all__ = ["mutated", "valid"]

_PATTERN = re.compile(r"\^(?P<start>[^\[]*)\[(?P<chars>.*)\](?:\{(?P<least>\d+)(?:,(?P<most>\d+))?\}|\+)\$")
_LETTERS = string.ascii_letters + string.digits
_TEXT = _LETTERS + ' "\\/\n\0éß東🎉\u2028'


def valid(schema: Any, components: Any, rng: Random) -> Any:
    """A value that the schema allows. ``components``: what its references are looked up in."""
    if schema.get("nullable") and rng.random() < 0.3:
        return None
    if "$ref" in schema:
        return valid(components[schema["$ref"].rpartition("/")[2]], components, rng)
    if "anyOf" in schema:
        return valid(rng.choice(schema["anyOf"]), components, rng)
    if "enum" in schema:
        return rng.choice(schema["enum"])
    make: Callable[..., Any] = _KINDS[schema["type"]]
    return make(schema, components, rng)


def _object(schema: Any, components: Any, rng: Random) -> dict[str, Any]:
    members = schema.get("properties", {})
    made = {
        name: valid(each, components, rng)
        for name, each in members.items()
        # An event says its type, even where the old description leaves it open.
        if name in (*schema.get("required", ()), "type") or rng.random() < 0.5
    }
    for _ in range(rng.choice([0, 0, 1, 3])):  # no schema forbids members that it does not know
        made.setdefault(f"new-{_letters(rng)}", anything(rng))
    names = list(made)
    rng.shuffle(names)
    return {name: made[name] for name in names}


def _array(schema: Any, components: Any, rng: Random) -> list[Any]:
    return [valid(schema["items"], components, rng) for _ in range(rng.randrange(4))]


def _string(schema: Any, components: Any, rng: Random) -> str:
    if schema.get("format") == "date-time":
        return _time(rng)
    if "pattern" in schema:
        return _matching(schema["pattern"], rng)
    return "".join(rng.choices(_TEXT, k=rng.choice([0, 1, 20])))


def _time(rng: Random) -> str:
    """RFC 3339, or without the zone, as the documented examples of the old form have it."""
    date = f"{rng.randint(1, 9999):04}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    time = f"{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"
    fraction = "." + "".join(rng.choices(string.digits, k=rng.randint(1, 9))) if rng.random() < 0.5 else ""
    zone = rng.choice(
        ["", "Z", "z", "+00:00", "-00:00", f"+{rng.randrange(24):02}:{rng.randrange(60):02}", "-11:30"]
    )
    return f"{date}{rng.choice('Tt')}{time}{fraction}{zone}"


def _matching(pattern: str, rng: Random) -> str:
    found = _PATTERN.fullmatch(pattern)
    assert found, f"a pattern of another kind: {pattern}"
    chars = [char for char in map(chr, range(33, 127)) if re.fullmatch(f"[{found['chars']}]", char)]
    least = int(found["least"] or 1)
    made = found["start"] + "".join(rng.choices(chars, k=rng.randint(least, int(found["most"] or least))))
    assert re.fullmatch(pattern, made)
    return made


def _integer(schema: Any, components: Any, rng: Random) -> int:
    bits = {"int16": 15, "uint16": 16, "int64": 63, "uint": 64}.get(schema.get("format", ""), 100)
    number = rng.choice([0, 1, 200, 500, rng.getrandbits(bits)])
    return number if "minimum" in schema else rng.choice([number, -number])


def _letters(rng: Random) -> str:
    return "".join(rng.choices(_LETTERS, k=5))


def anything(rng: Random, depth: int = 3) -> Any:
    """Any JSON value."""
    kind = rng.randrange(8 if depth else 6)
    scalars = [None, True, False, rng.getrandbits(70), rng.random() * 10 ** rng.randint(-9, 9), _letters(rng)]
    if kind == 6:
        return [anything(rng, depth - 1) for _ in range(rng.randrange(4))]
    if kind == 7:
        return {_letters(rng): anything(rng, depth - 1) for _ in range(rng.randrange(4))}
    return scalars[kind]


def _free_object(schema: Any, components: Any, rng: Random) -> dict[str, Any]:
    if "properties" in schema:
        return _object(schema, components, rng)
    return {_letters(rng): anything(rng) for _ in range(rng.randrange(4))}


_KINDS: dict[str, Callable[..., Any]] = {
    "object": _free_object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "boolean": lambda schema, components, rng: rng.random() < 0.5,
}


def mutated(payload: Any, rng: Random) -> bytes:
    """The payload after one to three accidents, as bytes, which may be no JSON any more."""
    for _ in range(rng.randint(1, 3)):
        rng.choice([_drop, _replace, _replace, _rename, _retype])(payload, rng)
    body = json.dumps(payload, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    for accident in rng.choices([*_ACCIDENTS, *[_nothing] * len(_ACCIDENTS)], k=2):
        body = accident(body, rng)
    return body


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a value."""
    pairs = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    return [(value, key) for key, _ in pairs] + [place for _, each in pairs for place in _places(each)]


def _drop(payload: Any, rng: Random) -> None:
    if places := _places(payload):
        container, key = rng.choice(places)
        del container[key]


def _replace(payload: Any, rng: Random) -> None:
    if places := _places(payload):
        container, key = rng.choice(places)
        container[key] = deepcopy(rng.choice([anything(rng), rng.choice(_ODD)]))


def _rename(payload: Any, rng: Random) -> None:
    objects = [(container, key) for container, key in _places(payload) if isinstance(container, dict)]
    if objects:
        container, key = rng.choice(objects)
        container[key.upper()] = container.pop(key)


def _retype(payload: Any, rng: Random) -> None:
    for key in {"type", "event_type"} & payload.keys():
        payload[key] = rng.choice(["", "new", f"{payload[key]}.new"])


_ODD: list[Any] = [
    "",
    "x" * 1000,
    "\ud800",
    "\0",
    10**400,
    -(2**63) - 1,
    float("nan"),
    float("inf"),
    1e308,
    "9999-12-31T23:59:59-23:59",
    "0000-00-00T00:00:00",
    "2022-11-06T23:59:60Z",
    [[[[[]]]]],
    {"": None},
]


def _nothing(body: bytes, rng: Random) -> bytes:
    return body


def _cut(body: bytes, rng: Random) -> bytes:
    return body[: rng.randrange(len(body) + 1)]


def _flip(body: bytes, rng: Random) -> bytes:
    place = rng.randrange(len(body) + 1)
    return body[:place] + bytes([rng.randrange(256)]) + body[place + 1 :]


def _insert(body: bytes, rng: Random) -> bytes:
    """Something into a place where a value may stand: after a colon or a comma."""
    places = [found.end() for found in re.finditer(rb"[:,\[]\s*", body)] or [0]
    place = rng.choice(places)
    return body[:place] + rng.choice(_INSERTED) + b"," + body[place:]


_INSERTED = [
    b"NaN",
    b"-Infinity",
    b"9" * 5000,
    b"1e999999",
    b'"data":1',
    b'"type":"endpoint.created"',
    b'"type":"type"',
    b"\xff\xfe",
    b'"\\ud800"',
    b"[" * 2000,
    b"[" * 2000 + b"]" * 2000,
    b'{"a":' * 1500,
    b'"' + b"x" * 100_000 + b'"',
]
_ACCIDENTS: list[Callable[[bytes, Random], bytes]] = [_cut, _flip, _insert, _insert]
