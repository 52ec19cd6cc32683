"""Headers from every kind of container: any letter case, no ambiguity, bounded memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from email.message import Message
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import THOROUGH
from webhook_verify import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, header_pairs, printable_ascii

ID, SIGNATURE = "webhook-id", "webhook-signature"


def read(headers: Any) -> list[str | None]:
    return HeaderReader(ID, SIGNATURE).read(headers)


class Items:
    """A framework's header object: nothing but items(), each pair in it, repeats included."""

    def items(self) -> Iterator[tuple[str, str]]:
        yield from [("Webhook-Id", "msg_1"), ("Accept", "a"), ("Accept", "b")]


class Bytes(bytes):
    pass


class Text(str):
    pass


def message() -> Message:
    headers = Message()
    headers["Webhook-Id"] = "msg_1"
    return headers


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"webhook-id": "msg_1"}, id="dict"),
        pytest.param({"WEBHOOK-ID": "msg_1"}, id="dict in capitals"),
        pytest.param({"wEbHoOk-Id": "msg_1"}, id="dict in odd case"),
        pytest.param({b"webhook-id": b"msg_1"}, id="dict of bytes"),
        pytest.param({b"Webhook-Id": "msg_1"}, id="bytes name, text value"),
        pytest.param(MappingProxyType({"Webhook-Id": "msg_1"}), id="mapping"),
        pytest.param([("webhook-id", "msg_1")], id="pairs"),
        pytest.param([(b"webhook-id", b"msg_1")], id="ASGI"),
        pytest.param((["webhook-id", "msg_1"],), id="a tuple of lists"),
        pytest.param(iter([("webhook-id", "msg_1")]), id="an iterator"),
        pytest.param({"HTTP_WEBHOOK_ID": "msg_1", "wsgi.input": object()}, id="WSGI environ"),
        pytest.param(Items(), id="an object with items()"),
        pytest.param(message(), id="email.message.Message"),
        pytest.param({"webhook-id": ["msg_1"]}, id="a list of one value"),
        pytest.param({"webhook-id": [b"msg_1"]}, id="a list of bytes"),
        pytest.param({"webhook-id": Bytes(b"msg_1")}, id="a subclass of bytes"),
        pytest.param({"webhook-id": Text("msg_1")}, id="a subclass of str"),
        pytest.param({"webhook-id": ("msg_1", b"msg_1")}, id="a tuple of equal values"),
        pytest.param([("webhook-id", "msg_1"), ("Webhook-Id", b"msg_1")], id="twice with equal values"),
        pytest.param([("webhook-id", None), ("webhook-id", "msg_1")], id="None before it"),
        pytest.param([("webhook-id", "msg_1"), ("webhook-id", None)], id="None after it"),
        pytest.param([("webhook-id", "msg_1"), ("webhook-id", [])], id="an empty list after it"),
        pytest.param({"webhook-id": [None, "msg_1"]}, id="None in a list"),
    ],
)
def test_every_form_of_headers_is_read(headers: Any) -> None:
    assert read(headers) == ["msg_1", None]


@pytest.mark.parametrize(
    "name",
    [
        *("webhook_id", "webhook-id ", " webhook-id", "webhook-id\0", "webhook-id:", "webhookid", ""),
        *("HTTP_WEBHOOK_ID ", "HTTP-WEBHOOK-ID", "http_webhook_id", "HTTP_HTTP_WEBHOOK_ID", "X-WEBHOOK-ID"),
        *("webhoo\u212a-id", "wébhook-id", "webhook\u2010id", b"webhook_id", b"\xff", 1, None, (), 1.5),
    ],
    ids=repr,
)
def test_what_only_resembles_a_name_is_none(name: object) -> None:
    """Underscores are how CVE-2015-0219 smuggled headers; a Kelvin sign lower-cases to "k"."""
    assert read([(name, "msg_1")]) == [None, None]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"caf\xe9", "caf\xe9"),
        (b"caf\xc3\xa9", "caf\xc3\xa9"),
        (bytes(range(256)), "".join(map(chr, range(256)))),
        (" \tpadded  twice\t ", "padded  twice"),
        (b"\t padded ", "padded"),
        ([Text(" padded")], "padded"),
        ("\xa0padded\n", "\xa0padded\n"),
        (b"\xa0padded\v", "\xa0padded\x0b"),
        (" \t", ""),
        ("\ud800", "\ud800"),
        ("", ""),
        (b"", ""),
        (None, None),
        ([], None),
        ([None], None),
    ],
    ids=repr,
)
def test_a_value_is_read_as_received(value: object, text: str | None) -> None:
    """Bytes as latin-1, which loses nothing; without the blanks of RFC 9110 around it; None if it is none."""
    assert read({"webhook-id": value})[0] == text


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([("webhook-id", "a"), ("webhook-id", "b")], id="twice"),
        pytest.param([("webhook-id", "a"), ("WEBHOOK-ID", "b")], id="in two spellings"),
        pytest.param({"webhook-id": "a", "Webhook-Id": "b"}, id="in two spellings of a dict"),
        pytest.param([("webhook-id", "a"), (b"webhook-id", b"b")], id="as text and bytes"),
        pytest.param({"webhook-id": "a", "HTTP_WEBHOOK_ID": "b"}, id="and as WSGI name"),
        pytest.param({"webhook-id": ["a", "b"]}, id="in a list"),
        pytest.param([("webhook-id", "a"), ("webhook-id", "a ")], id="with a blank more"),
        pytest.param([("webhook-id", ""), ("webhook-id", "a")], id="the first one blank"),
        pytest.param([("webhook-id", "a"), ("webhook-id", b"")], id="the second one blank"),
        pytest.param({"webhook-id": ["a", ""]}, id="one of a list blank"),
    ],
)
def test_two_values_of_one_header_are_ambiguous(headers: Any) -> None:
    with pytest.raises(
        MalformedDelivery, match=r"header webhook-id appears more than once with different values"
    ) as caught:
        read(headers)

    assert (caught.value.reason, caught.value.status_hint) == (Reason.DUPLICATE_HEADER, 400)
    assert caught.value.__context__ is None


@given(st.lists(st.tuples(st.just(ID), st.sampled_from(["a", "b", "", None, b"", b"a"])), max_size=4))
def test_the_order_of_repeated_headers_does_not_matter(pairs: list[tuple[str, Any]]) -> None:
    def outcome(headers: Any) -> object:
        try:
            return read(headers)
        except MalformedDelivery as rejection:
            return rejection.reason

    assert outcome(pairs) == outcome(pairs[::-1])


@pytest.mark.parametrize(
    "value",
    [1, 1.5, True, {}, {"a": 1}, object(), bytearray(b"a"), [["a"]], [1]],
    ids=lambda value: type(value).__name__,
)
def test_a_value_that_is_no_text_is_unreadable(value: object) -> None:
    with pytest.raises(
        MalformedDelivery, match="value of header webhook-id must be str or bytes, not"
    ) as caught:
        read({"Webhook-Id": value})

    assert caught.value.reason is Reason.UNREADABLE_HEADER


def test_only_the_headers_that_are_read_matter() -> None:
    """What stands in other headers is not this library's to judge."""
    assert read([("accept", 1), ("accept", object()), ("webhook-id", "msg_1")]) == ["msg_1", None]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(None, id="None"),
        pytest.param(5, id="an int"),
        pytest.param("webhook-id", id="a text"),
        pytest.param(b"webhook-id", id="bytes"),
        pytest.param(dict, id="a class"),
        pytest.param([("webhook-id",)], id="one in place of two"),
        pytest.param([("webhook-id", "a", "b")], id="three in place of two"),
        pytest.param([1, 2], id="a list of ints"),
        pytest.param([([], "a")], id="an unhashable name"),
        pytest.param([(bytearray(b"webhook-id"), "a")], id="a bytearray as name"),
    ],
)
def test_what_holds_no_headers_is_unreadable(headers: Any) -> None:
    with pytest.raises(
        MalformedDelivery, match=r"headers must be a mapping or \(name, value\) pairs"
    ) as caught:
        read(headers)

    assert caught.value.reason is Reason.UNREADABLE_HEADER
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers",
    [
        {"CONTENT_TYPE": "text/plain", "HTTP_ACCEPT": "b"},
        {"HTTP_CONTENT_TYPE": "text/plain", "accept": "b"},
        [(b"Content-Type", b"text/plain"), ("ACCEPT", "b")],
    ],
    ids=["environ", "environ with a prefix", "pairs"],
)
def test_the_content_type_of_an_environ_has_no_prefix(headers: Any) -> None:
    assert HeaderReader("content-type", "accept").read(headers) == ["text/plain", "b"]
    assert header_pairs(headers) == [("content-type", "text/plain"), ("accept", "b")]


def _failing(pairs: list[tuple[Any, Any]], error: Exception) -> Iterator[tuple[Any, Any]]:
    yield from pairs
    raise error


@pytest.mark.parametrize(
    ("headers", "pairs"),
    [
        ({}, []),
        (None, []),
        (5, []),
        ([1, ("a", "b")], []),
        ([("a", "b"), ("c",), ("d", "e")], [("a", "b")]),
        (_failing([("a", "b")], ValueError()), [("a", "b")]),
        (_failing([("a", "b")], TypeError()), [("a", "b")]),
        ([("A", "b"), ("a", "c")], [("a", "b"), ("a", "c")]),
        ({"A": ["b", b"c"], "d": ("e",)}, [("a", "b"), ("a", "c"), ("d", "e")]),
        ({"a": 1, "b": None, "c": [2, "d"]}, [("c", "d")]),
        ({b"A": b"\xe9", 1: "a", "\xe9": "b", "": "c"}, [("a", "\xe9")]),
    ],
    ids=[
        *("empty", "None", "an int", "an int before a pair", "a pair of one", "ValueError", "TypeError"),
        *("repeated", "lists", "values that are not text", "names that are not names"),
    ],
)
def test_a_report_has_the_pairs_that_can_be_read(headers: Any, pairs: list[tuple[str, str]]) -> None:
    assert header_pairs(headers) == pairs


@pytest.mark.parametrize(
    ("text", "shown"),
    [("msg_1", "msg_1"), (" ", " "), ("", None), (None, None), ("\xe9", None), ("a\n", None), ("\0", None)],
    ids=repr,
)
def test_only_printable_ascii_is_shown(text: str | None, shown: str | None) -> None:
    assert printable_ascii(text) == shown


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param(lambda number: f"x-{number}", id="short names"),
        pytest.param(lambda number: f"x-{number}".encode(), id="names in bytes"),
        pytest.param(
            lambda number: "".join(_odd_case("webhook-signature", number)), id="ours in all letter cases"
        ),
        pytest.param(lambda number: f"é{number}", id="names that cannot be a header"),
        pytest.param(lambda number: number, id="names that are no text"),
    ],
)
def test_many_spellings_leave_no_trace(spelling: Callable[[int], object]) -> None:
    """Spellings come from the network, so what is remembered of them is bounded."""
    assert _kept(spelling, 100_000 if THOROUGH else 20_000) < 200_000


@pytest.mark.parametrize("letter", ["x", "é", "\ud800"], ids=["ASCII", "latin-1", "a lone surrogate"])
@pytest.mark.parametrize("in_bytes", [False, True], ids=["text", "bytes"])
def test_long_spellings_leave_no_trace(letter: str, in_bytes: bool) -> None:
    """Spellings come from the network, so what is remembered of them is bounded."""

    def spelling(number: int) -> object:
        name = letter * 50_000 + str(number)
        return name.encode("utf-8", "surrogatepass") if in_bytes else name

    assert _kept(spelling, 500) < 200_000


def test_a_spelling_that_hides_nothing_is_plain() -> None:
    """Our names in lower case, and other headers. A dict of these alone cannot hold a header twice."""
    reader = HeaderReader(ID, SIGNATURE, "svix-id", brands=((ID, SIGNATURE), ("svix-id",)))
    assert reader.safe_dict_keys == [{ID, SIGNATURE}, {"svix-id"}]

    names: list[Any] = [
        "Accept",
        b"accept",
        "Webhook-Id",
        b"webhook-id",
        "HTTP_SVIX_ID",
        "svix-id",
        "\xe9",
        1,
        "a" * 65,
    ]
    for _ in range(2):
        reader.read([(name, "a") for name in names])
    assert reader.safe_dict_keys == [{ID, SIGNATURE, "Accept", b"accept"}, {"svix-id", "Accept", b"accept"}]


def test_of_many_spellings_a_bounded_number_stays_plain() -> None:
    reader = HeaderReader(ID, brands=((ID,),))
    for number in range(5_000):
        reader.read([(f"x-{number}", "a"), ("Webhook-Id", "msg_1")])
        assert len(reader.safe_dict_keys[0]) < 1_000
        assert ID in reader.safe_dict_keys[0]
    assert f"x-{number}" in reader.safe_dict_keys[0]
    assert reader.read([("Webhook-Id", "msg_1")]) == ["msg_1"]


def test_after_many_spellings_those_of_the_next_request_are_plain_again() -> None:
    reader = HeaderReader(ID, brands=((ID,),))
    for number in range(5_000):
        reader.read([(f"x-{number}", "a")])
    names = [f"y-{number}" for number in range(10)]
    for _ in range(2):
        reader.read([(name, "a") for name in names])
    assert reader.safe_dict_keys[0] >= {ID, *names}


def _kept(spelling: Callable[[int], object], how_many: int) -> int:
    """The bytes that a reader still holds after so many spellings; it must still read right."""
    reader = HeaderReader(ID, SIGNATURE)
    tracemalloc.start()
    try:
        for number in range(how_many):
            pairs: Any = [(spelling(number), "a")]
            reader.read(pairs)
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert reader.read([("Webhook-Id", "msg_1"), ("webhook-signature", "v1,")]) == ["msg_1", "v1,"]
    return kept


def _odd_case(name: str, number: int) -> Iterator[str]:
    for place, letter in enumerate(name):
        yield letter.upper() if number >> place & 1 else letter
