"""Requests that an attacker without a secret can send to keep a receiver busy.

A body has at most 1 MiB, the default limit of a receiver, and the headers 64 KiB in total, the usual limit of
servers. Well-formed requests cost most, because they are rejected last.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tests.providers.sample import Sample
from webhook_verify import schemes

__all__ = ["MAX_BODY_BYTES", "MAX_HEADER_BYTES", "HostileRequest", "hostile_requests"]

MAX_BODY_BYTES = 1_048_576
MAX_HEADER_BYTES = 65_536
_QUERY_BYTES = 60_000

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class HostileRequest:
    """A request: a description and its parts. Without a `target`, it is sent to that of the sample."""

    shape: str
    headers: Headers
    body: bytes
    target: str | None = None


def hostile_requests(sample: Sample) -> Iterator[HostileRequest]:
    """Return the requests for a scheme, signed with another secret or not signed."""
    body, genuine = sample.signed(sample.other_secret)
    forged = _pairs(genuine)
    for shape, hostile in _bodies(body).items():
        yield HostileRequest(shape, forged, hostile)
    for shape, headers in _headers(sample, genuine).items():
        for size, filler in (("the body of the sample", body), ("1 MiB", b"x" * MAX_BODY_BYTES)):
            yield HostileRequest(f"{shape}, {size}", headers, filler)
    if sample.url is not None:
        for shape, query in _QUERIES.items():
            yield HostileRequest(shape, forged, b"", sample.target.partition("?")[0] + "?" + query)
            yield HostileRequest(f"{shape}, 1 MiB", forged, _BODIES["a form"], sample.target + "&" + query)


def _pairs(headers: dict[str, str]) -> Headers:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _headers(sample: Sample, genuine: dict[str, str]) -> dict[str, Headers]:
    names = schemes.resolve(sample.scheme).header_names
    signature = max(genuine.values(), key=len, default="")
    room = (MAX_HEADER_BYTES - 4_096) // max(len(genuine), 1)
    shapes = {
        "4,000 other headers": [*((f"x-{n}".encode(), b"a") for n in range(4_000)), *_pairs(genuine)],
        "every header with a signature": [
            *((name.encode(), signature.encode()) for name in names if name not in genuine),
            *_pairs(genuine),
        ],
        "a dot and a bracket in each value": [(name, value + b".{" * 20) for name, value in _pairs(genuine)],
    }
    for label, separator in (("commas", ","), ("spaces", " "), ("semicolons", ";"), ("nothing", "")):
        shapes[f"signatures with {label} between, 60 kB"] = _pairs(
            {name: _repeated(value, separator, room) for name, value in genuine.items()}
        )
        # Only the signature, because a repeated timestamp or id is rejected immediately.
        shapes[f"one signature with {label} between, 60 kB"] = _pairs(
            {
                name: _repeated(value, separator, MAX_HEADER_BYTES - 4_096) if value == signature else value
                for name, value in genuine.items()
            }
        )
    return shapes


def _repeated(value: str, separator: str, size: int) -> str:
    unit = value + separator
    return (unit * (size // max(len(unit), 1) + 1))[:size].rstrip(" ,;")


def _bodies(genuine: bytes) -> dict[str, bytes]:
    """Return the hostile bodies, alone and inside a genuine body."""
    beside: dict[str, bytes] = {}
    if genuine[:1] == b"{" and genuine[-1:] == b"}":
        for shape, value in _JSON_VALUES.items():
            room = MAX_BODY_BYTES - len(genuine) - 16
            if len(value) > room:
                continue
            beside[f"{shape}, in a genuine body"] = b'{"extra": ' + value + b", " + genuine[1:]
    return {**_BODIES, **beside, **_items(genuine)}


def _items(genuine: bytes) -> dict[str, bytes]:
    """Return the body with many different items in its list, if it has a list."""
    try:
        value = json.loads(genuine)
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    lists = [name for name, item in value.items() if isinstance(item, list) and item]
    shapes = {}
    for name in lists:
        for count in (100, 10_000):
            items = [_numbered(value[name][0], number) for number in range(count)]
            body = json.dumps({**value, name: items}, separators=(",", ":")).encode()
            if len(body) <= MAX_BODY_BYTES:
                shapes[f"{count} items"] = body
    return shapes


def _numbered(item: object, number: int) -> object:
    text = json.dumps(item)
    return json.loads(text.replace("msg_1", f"m{number}"))


_M = MAX_BODY_BYTES - 512
_JSON_VALUES = {
    "a list of 1": b"[" + b"1," * (_M // 2 - 2) + b"1]",
    "fractions": b"[" + b"1e5," * (_M // 4 - 2) + b"1]",
    "different numbers": ("[" + ",".join(map(str, range(100_000, 240_000))) + "]").encode(),
    "different fractions": ("[" + ",".join(f"{i}e-30{i % 9}" for i in range(90_000)) + "]").encode(),
    "one long number": b"[" + b"7" * (_M - 2) + b"]",
    "one long fraction": b"[" + b"7" * (_M - 4) + b".5]",
    "empty objects": b"[" + b"{}," * (_M // 3 - 2) + b"{}]",
    "different keys": ("{" + ",".join(f'"{i}":0' for i in range(88_000)) + "}").encode(),
    "keys beyond ASCII": ("{" + ",".join(f'"\u00e9{i}":0' for i in range(75_000)) + "}").encode(),
    "one repeated key": ("{" + ",".join(['"a":0'] * 170_000) + "}").encode(),
    "12,000 values": ("[" + ",".join(f'{{"k{i}":{i}}}' for i in range(5_990)) + "]").encode(),
    "12,000 keys in reverse order": ("{" + ",".join(f'"{i}":0' for i in range(11_990, 0, -1)) + "}").encode(),
    "lists 120 deep": b"[" + (b"[" * 120 + b"1" + b"]" * 120 + b",") * 4_200 + b"1]",
    "lone surrogates": b'["' + b"\\ud800" * (_M // 6 - 2) + b'"]',
    "escapes": b'["' + b"\\u0001" * (_M // 6 - 2) + b'"]',
    "one long text": b'["' + b"x" * (_M - 8) + b'"]',
}

_BODIES = {
    **_JSON_VALUES,
    "text": b"x" * MAX_BODY_BYTES,
    "zeros": b"\0" * MAX_BODY_BYTES,
    "not UTF-8": b"\xff" * MAX_BODY_BYTES,
    "open brackets": b"[" * MAX_BODY_BYTES,
    "open objects": b'{"a":' * (MAX_BODY_BYTES // 5),
    "a form": b"a=%20+&" * (MAX_BODY_BYTES // 7),
    "a form of 999 fields": b"&".join(b"a%d=%b" % (n, b"%41" * 340) for n in range(999)),
    "a form of 999 fields beyond ASCII": b"&".join(b"a%d=%b" % (n, b"%C3%A9" * 170) for n in range(999)),
}

_QUERIES = {
    "60 kB of %3A in the URL": "%3A" * (_QUERY_BYTES // 3),
    "60 kB of bodySHA256 in the URL": "bodySHA25%36=%41&" * (_QUERY_BYTES // 17),
    "60 kB of fields in the URL": "a=b&" * (_QUERY_BYTES // 4),
}
