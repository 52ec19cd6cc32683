"""The canonical form of JSON: that of the npm package json-stable-stringify, and JSON without one."""

from __future__ import annotations

import json
import struct
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.npm import node
from tests.rows import rows
from webhook_verify import MalformedDelivery, Reason
from webhook_verify.schemes.canonical_json import MAX_DEPTH, MAX_FRACTIONS, MAX_VALUES, canonical_forms

VECTORS = Path(__file__).parents[1] / "data" / "emporix-hmac-vectors.json"


def canonical(text: str | bytes) -> str:
    return canonical_forms(text.encode() if isinstance(text, str) else text)[0].decode()


def test_the_vectors_made_with_the_javascript_library() -> None:
    vectors: list[dict[str, Any]] = json.loads(VECTORS.read_text("utf-8"))
    assert len(vectors) == 10
    for vector in vectors:
        assert canonical(vector["canonical"]) == vector["canonical"], "what is canonical stays as it is"
        if vector["name"] != "dup":  # has duplicate keys, which are refused
            assert canonical(vector["raw"]) == vector["canonical"]


# (text, as ECMAScript prints it, as a sender writes it that only leaves out a .0 at the end)
NUMBERS = [
    ("0", "0", "0"),
    ("-0", "0", "-0"),
    ("-0.0", "0", "-0"),
    ("0e5", "0", "0e5"),
    ("1.0", "1", "1"),
    ("1.00", "1", "1"),
    ("10.50", "10.5", "10.50"),
    ("-1.5", "-1.5", "-1.5"),
    ("1e2", "100", "1e2"),
    ("1.0e2", "100", "1.0e2"),
    ("1E+2", "100", "1E+2"),
    ("999999999999999", "999999999999999", "999999999999999"),
    ("9007199254740993", "9007199254740992", "9007199254740993"),
    ("12345678901234567890", "12345678901234567000", "12345678901234567890"),
    ("123456789012345678901", "123456789012345680000", "123456789012345678901"),
    ("1e20", "100000000000000000000", "1e20"),
    ("1e21", "1e+21", "1e21"),
    ("-1.5e300", "-1.5e+300", "-1.5e300"),
    ("0.1", "0.1", "0.1"),
    ("0.000001", "0.000001", "0.000001"),
    ("0.0000001", "1e-7", "0.0000001"),
    ("1.25e-7", "1.25e-7", "1.25e-7"),
    ("0.30000000000000004", "0.30000000000000004", "0.30000000000000004"),
    ("5e-324", "5e-324", "5e-324"),
    ("1e-400", "0", "1e-400"),
    ("1.7976931348623157e308", "1.7976931348623157e+308", "1.7976931348623157e308"),
]


@rows(("text", "javascript", "written"), NUMBERS, ids=[text for text, _, _ in NUMBERS])
def test_numbers(text: str, javascript: str, written: str) -> None:
    assert canonical_forms(text.encode()) == tuple(dict.fromkeys((javascript.encode(), written.encode())))


TEXTS = [
    ("blanks", ' {\t"a" : [ 1 ,\n2 ] }\r\n', '{"a":[1,2]}'),
    ("words", "[true,false,null,{},[]]", "[true,false,null,{},[]]"),
    ("a string alone", '"x"', '"x"'),
    ("keys in code units, not in code points", '{"\uffee":1,"\U0001f600":2}', '{"\U0001f600":2,"\uffee":1}'),
    ("keys that are numbers, as texts", '{"9":1,"10":2}', '{"10":2,"9":1}'),
    ("keys below", '[{"b":{"d":1,"c":2},"a":3}]', '[{"a":3,"b":{"c":2,"d":1}}]'),
    ("escapes that JSON asks for", r'"\"\\\b\f\n\r\t\u0001\u001F"', r'"\"\\\b\f\n\r\t\u0001\u001f"'),
    ("escapes that it does not", r'"\/\u007f\u2028\u00e4\ud83d\ude00"', '"/\x7f\u2028ä\U0001f600"'),
    ("lone surrogates", r'{"\uD800":"\udfff","a":"\ud83d\ud83d\ude00"}', None),
    ("keys that JavaScript knows", '{"toJSON":1,"__proto__":2,"constructor":3}', None),
]
EXPECTED = {
    "lone surrogates": '{"a":"\\ud83d\U0001f600","\\ud800":"\\udfff"}',
    "keys that JavaScript knows": '{"__proto__":2,"constructor":3,"toJSON":1}',
}


@pytest.mark.parametrize(("name", "text", "expected"), TEXTS, ids=[name for name, _, _ in TEXTS])
def test_texts(name: str, text: str, expected: str | None) -> None:
    assert canonical(text) == (expected or EXPECTED[name])


UNREADABLE = {
    "nothing": b"",
    "a blank": b" ",
    "cut": b'{"a":',
    "more than one value": b"{}{}",
    "a comma too many": b"[1,]",
    "single quotes": b"{'a':1}",
    "a raw newline in a string": b'"\n"',
    "not UTF-8": b'"\xff"',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "NaN": b"[NaN]",
    "Infinity": b"[Infinity]",
    "-Infinity": b'{"a":-Infinity}',
    "infinite as a double": b"[1e309]",
    "an integer that is infinite as a double": b"-" + b"9" * 400,
    "duplicate keys": b'{"a":1,"a":1}',
    "duplicate keys, one of them escaped": b'[{"a":1,"\\u0061":2}]',
    "nested too deeply": b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
    "objects nested too deeply": b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1),
    "nested so deeply that Python gives up": b"[" * 11_000 + b"]" * 11_000,
    "opened so often that Python gives up": b'{"a":' * 11_000,
    "a leading zero": b"01",
    "Arabic digits": "٣".encode(),
}


@rows("body", UNREADABLE.values(), ids=UNREADABLE)
def test_what_has_no_canonical_form_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedDelivery) as caught:
        canonical_forms(body)

    assert caught.value.reason is Reason.UNREADABLE_BODY
    assert caught.value.__context__ is None, "the original error would carry the body along"


def test_the_deepest_that_is_taken() -> None:
    body = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert canonical_forms(body) == (body,)


@given(st.binary(max_size=60) | st.text(st.sampled_from('[]{}":,.-+eE019 \\unt\ud800x'), max_size=40))
def test_nothing_else_escapes(body: bytes | str) -> None:
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    try:
        first, *others = canonical_forms(raw)  # short ones have one
    except MalformedDelivery:
        return
    assert len(others) <= 1
    assert canonical_forms(first)[0] == first, "the canonical form is its own"


BIG = {
    "integers": lambda size: "[" + "1," * (size // 2) + "1]",
    "one integer": lambda size: "0." + "1" * size,
    "distinct floats": lambda size: "[" + ",".join(f"{n}.5" for n in range(size // 8)) + "]",
    "a string of escapes": lambda size: '"' + "\\u00e9" * (size // 6) + '"',
    "objects": lambda size: "[" + ",".join(['{"b":1,"a":{}}'] * (size // 15)) + "]",
    "opened and never closed": lambda size: "[" * size,
    "objects opened and never closed": lambda size: '{"a":' * (size // 5),
    "keys out of order": lambda size: "{" + ",".join(f'"é{n}":{n}' for n in range(size // 16, 0, -1)) + "}",
    "as deep as can be": lambda size: "[" * MAX_DEPTH + "1," * (size // 2) + "1" + "]" * MAX_DEPTH,
}


@rows("make", BIG.values(), ids=BIG)
def test_the_work_is_bounded(make: Any) -> None:
    """A megabyte takes 10 to 20 ms of processor time, where it took 700. Generous, for slow machines."""
    assert _seconds(make(1_000_000).encode()) < 0.25


@pytest.mark.parametrize("value", ["1", "[]", "{}", '""', '{"a":1}'])
def test_so_many_values_have_a_form_and_no_more(value: str) -> None:
    opens = value.count("[") + value.count("{")
    most = (MAX_VALUES - 1 + 1) // (1 + opens)  # one bracket is the list's own, and there is a comma less
    at_most, over = (f"[{','.join([value] * count)}]".encode() for count in (most, most + 1))
    assert canonical_forms(at_most) == (at_most,)
    assert canonical_forms(over) == ()


def test_so_many_fractions_have_a_form_and_no_more() -> None:
    fractions = [f"{number}.5" for number in range(MAX_FRACTIONS + 1)]
    assert len(canonical_forms(f"[{','.join(fractions[1:])}]".encode())) == 1
    assert canonical_forms(f"[{','.join(fractions)}]".encode()) == ()
    assert len(canonical_forms(f"[{','.join(['1.5', '1e2'] * 3_000)}]".encode())) == 2  # of two, not of 6,000


def _seconds(body: bytes) -> float:
    def once() -> float:
        start = time.process_time()
        canonical_forms(body)
        return time.process_time() - start

    return min(once() for _ in range(3))


# --- the npm package on the other side --------------------------------------------------------------

DOCUMENTS = 12_000
SCRIPT = """
const stringify = require('json-stable-stringify');
return given.map(document => stringify(JSON.parse(document)));
"""


@pytest.mark.network
def test_it_is_what_json_stable_stringify_makes() -> None:
    rng = Random(7)
    documents = [_document(rng, 4) for _ in range(DOCUMENTS)]
    theirs: list[str] = node(SCRIPT, documents)

    assert len(theirs) == DOCUMENTS
    assert len(set(documents)) > 8_000, "many of them are different"
    differing = [
        document
        for document, their in zip(documents, theirs, strict=True)
        if canonical_forms(document.encode())[0] != their.encode()
    ]
    assert differing == []


def _document(rng: Random, depth: int) -> str:
    """A JSON text with what two languages may disagree about."""
    kind = rng.random()
    if depth and kind < 0.35:
        keys = {_string(rng): None for _ in range(rng.randrange(6))}
        distinct = {json.loads(key): key for key in keys}.values()
        blank = rng.choice(["", "", " ", "\t"])
        return "{" + ",".join(f"{key}{blank}:{_document(rng, depth - 1)}" for key in distinct) + "}"
    if depth and kind < 0.5:
        return "[" + ",".join(_document(rng, depth - 1) for _ in range(rng.randrange(5))) + "]"
    if kind < 0.7:
        return _string(rng)
    return _number(rng) if kind < 0.95 else rng.choice(["true", "false", "null"])


_CHARACTERS = [
    *"abAB_$0123456789 /<>&'", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000", "\\u001f",
    "\\u007F", "\x7f", "\\u2028", "\u2029", "é", "\\u00e9", "ß", "\uffee", "\ue000", "\ufeff", "\U0001f600",
    "\\ud83d\\ude00", "\\uD83D", "\\ude00", "\U0010ffff", "e\u0301",
]  # fmt: skip
_KEYS = ['"__proto__"', '"toJSON"', '"constructor"', '"length"', '"10"', '"9"', '""', '"-1"', '"1e3"']


def _string(rng: Random) -> str:
    if rng.random() < 0.1:
        return rng.choice(_KEYS)
    return '"' + "".join(rng.choices(_CHARACTERS, k=rng.choice([0, 1, 1, 2, 3, 8]))) + '"'


def _number(rng: Random) -> str:
    kind = rng.randrange(6)
    if kind == 0:
        return str(
            rng.choice(
                [0, 1, -1, 10**15, 2**53 + 1, -(2**63), 10 ** rng.randrange(30), rng.randrange(10**22)]
            )
        )
    if kind == 1:
        return rng.choice(["-0", "-0.0", "0.0", "1.0", "100.00", "1E5", "1e+5", "1.50e-3", "0e9", "1e-400"])
    if kind == 2:
        noughts = rng.choice(["", "0", "00"])
        return f"{rng.choice(['', '-'])}{rng.randrange(10**6)}.{rng.randrange(10**6)}{noughts}"
    if kind == 3:
        exponent = f"{rng.choice('eE')}{rng.choice(['', '-', '+'])}{rng.randrange(25)}"
        return f"{rng.randrange(10)}.{rng.randrange(10 ** rng.randrange(1, 18))}{exponent}"
    value: float = struct.unpack("<d", rng.randbytes(8))[0]
    if kind == 4 or not abs(value) <= sys.float_info.max:
        value = rng.uniform(-1, 1) * 10.0 ** rng.randrange(-12, 24)
    return repr(value)
