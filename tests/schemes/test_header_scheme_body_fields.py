"""`HeaderScheme`: ids from the body, and paths to JSON fields."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rows import rows
from tests.schemes.own_scheme import BODY, LIST, NOW, RIGHT, mac, own, verify
from webhook_verify.json_fields import strings_at
from webhook_verify.schemes import HeaderScheme

FIELDS: dict[str, tuple[str, str, list[str]]] = {
    "a field": ("id", '{"id": "a"}', ["a"]),
    "a field's field": ("a.b.c", '{"a": {"b": {"c": "d"}}}', ["d"]),
    "a number": ("id", '{"id": 5}', ["5"]),
    "minus": ("id", '{"id": -5}', ["-5"]),
    "nought": ("id", '{"id": 0}', ["0"]),
    "a number of 100 digits": ("id", '{"id": 1%s}' % ("0" * 99), ["1" + "0" * 99]),
    "a number of 200 digits": ("id", '{"id": 1%s}' % ("0" * 199), []),
    "a number of 5000 digits": ("id", '{"id": 1%s}' % ("0" * 4_999), []),
    "a fraction": ("id", '{"id": 1.0}', []),
    "an exponent": ("id", '{"id": 1e3}', []),
    "NaN": ("id", '{"id": NaN}', []),
    "Infinity": ("id", '{"id": Infinity}', []),
    "true": ("id", '{"id": true}', []),
    "null": ("id", '{"id": null}', []),
    "empty": ("id", '{"id": ""}', []),
    "blank": ("id", '{"id": " \\t"}', []),
    "an object": ("id", '{"id": {}}', []),
    "a list": ("id", '{"id": ["a"]}', []),
    "absent": ("id", "{}", []),
    "of 256 characters": ("id", '{"id": "%s"}' % ("x" * 256), ["x" * 256]),
    "of 257 characters": ("id", '{"id": "%s"}' % ("x" * 257), []),
    "a surrogate": ("id", '{"id": "\\ud800"}', ["\ud800"]),
    "a field of a text": ("a.b", '{"a": "b"}', []),
    "a number as a name": ("a.0", '{"a": ["b"]}', []),
    "each of a list": ("a.*.id", '{"a": [{"id": "b"}, {"id": 1}]}', ["b", "1"]),
    "each of lists": ("*.*", '[["a"], ["b", "c"]]', ["a", "b", "c"]),
    "each of none": ("a.*.id", '{"a": []}', []),
    "each, and one without": ("a.*.id", '{"a": [{"id": "b"}, {}]}', []),
    "each of what is no list": ("a.*.id", '{"a": {"id": "b"}}', []),
    "each of 1000": ("*", json.dumps([1] * 1_000), ["1"] * 1_000),
    "each of 1001": ("*", json.dumps([1] * 1_001), []),
    "no JSON": ("id", "id=a", []),
    "nothing": ("id", "", []),
    "a list on top": ("id", '[{"id": "a"}]', []),
    "a text on top": ("id", '"id"', []),
    "deep lists": ("id", "[" * 100_000, []),
    "deep objects": ("a", '{"a":' * 100_000 + "1" + "}" * 100_000, []),
    "a byte order mark": ("id", '\ufeff{"id": "a"}', []),
    "a name twice: the last": ("id", '{"id": "a", "id": "b"}', ["b"]),
}


@rows(("path", "body", "texts"), FIELDS.values(), ids=FIELDS)
def test_the_texts_at_a_path(path: str, body: str, texts: list[str]) -> None:
    assert strings_at(body.encode(), path) == texts


@pytest.mark.parametrize("body", [b"\xff", b'{"id": "\xff"}', '{"id": "a"}'.encode("utf-16"), b"\0"])
def test_what_is_not_utf_8_has_no_fields(body: bytes) -> None:
    assert strings_at(body, "id") == []


@given(st.binary(max_size=50) | st.text(st.sampled_from('{}[]":,id*.1-e \\u'), max_size=50).map(str.encode))
def test_looking_for_a_field_raises_nothing(body: bytes) -> None:
    assert isinstance(strings_at(body, "id.*.id"), list)


def test_an_id_in_the_body_goes_before_one_that_nobody_signed() -> None:
    row = own(id_in_body="id", id_header="x-id")
    body = b'{"id": "evt_1"}'
    delivery = verify(row, {"x-signature": mac(body).hex(), "x-id": "other"}, body)
    assert (delivery.id, delivery.id_is_signed) == ("evt_1", True)

    delivery = verify(row, {"x-signature": mac(BODY).hex(), "x-id": "other"})
    assert (delivery.id, delivery.id_is_signed) == ("other", False)


def test_several_ids_are_one() -> None:
    body = b'{"items": [{"id": 1}, {"id": 2}]}'
    delivery = verify(own(id_in_body="items.*.id"), {"x-signature": mac(body).hex()}, body)
    assert (delivery.id, delivery.id_is_signed) == ("1,2", True)


def test_an_id_in_the_body_is_looked_for_once_and_only_for_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def counted(self: HeaderScheme, body: bytes) -> str:
        asked.append(body)
        return "evt_1"

    monkeypatch.setattr(HeaderScheme, "message_id_from_body", counted)
    delivery = verify(own(id_in_body="id"), {"x-signature": mac(BODY).hex()})
    assert (delivery.body, delivery.secret_label, len(delivery.signed_content_digest), asked) == (
        BODY,
        "secret-1",
        32,
        [],
    )

    assert [delivery.id, delivery.id, str(delivery.id_is_signed)] == ["evt_1", "evt_1", "True"]
    assert asked == [BODY]


def test_the_digest_is_that_of_what_was_signed() -> None:
    row = own(**LIST)
    delivery = verify(row, {"x-signature": f"t={NOW},v1={RIGHT}"})
    assert delivery.signed_content_digest == sha256(b"%d." % NOW + BODY).digest()
    assert (
        delivery.signed_content_digest
        == verify(row, {"x-signature": f"t={NOW},v1={RIGHT.upper()},v1=x"}).signed_content_digest
    )
