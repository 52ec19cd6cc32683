"""A Delivery contains the verified data, is frozen, and is only created by verifiers."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.signing import NOW, SECRET
from webhook_verify import Delivery, Secret, Signer, UnreadableEvent, Verifier


def delivered(body: Any = b"{}", *, id: str = "msg_1", label: str | None = None) -> Delivery:
    headers = Signer(SECRET).sign(body, id=id, timestamp=NOW)
    return Verifier(Secret(SECRET, label=label), clock=lambda: NOW).verify(body, headers)


def test_it_tells_what_was_signed() -> None:
    delivery = delivered(b"body", label="2026-11")

    assert delivery.id == "msg_1"
    assert delivery.timestamp == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert delivery.timestamp.tzinfo is UTC
    assert delivery.body == b"body"
    assert delivery.scheme == "standard-webhooks"
    assert delivery.secret_label == "2026-11"
    assert delivery.event_type is None
    assert (delivery.id_is_signed, delivery.timestamp_is_signed) == (True, True)
    assert (delivery.signed_body, delivery.body_is_signed) == (b"body", True)
    assert delivery.signed_content_digest == sha256(b"msg_1.%d.body" % NOW).digest()


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview], ids=lambda kind: kind.__name__)
def test_its_body_is_bytes_that_nobody_can_change(kind: Any) -> None:
    buffer = bytearray(b"body")
    delivery = delivered(kind(buffer))
    buffer[:] = b"evil"

    assert type(delivery.body) is bytes
    assert delivery.body == b"body"


def test_bytes_are_not_copied() -> None:
    body = b"body" * 1_000

    assert delivered(body).body is body


def test_equal_parts_make_equal_deliveries() -> None:
    assert delivered() == delivered()
    assert hash(delivered()) == hash(delivered())
    assert len({delivered(), delivered(), delivered(b"other")}) == 2


@pytest.mark.parametrize(
    "other", [delivered(b"1"), delivered(id="msg_2"), delivered(label="a")], ids=["body", "id", "key"]
)
def test_another_part_makes_another_delivery(other: Delivery) -> None:
    assert delivered() != other


@pytest.mark.parametrize("other", [None, "msg_1", b"{}", ("msg_1", NOW)])
def test_a_delivery_equals_nothing_else(other: object) -> None:
    assert delivered() != other


PARTS = [
    "id",
    "timestamp",
    "body",
    "signed_body",
    "signature",
    "scheme",
    "key",
    "event_type",
    "_parts",
    "anything",
]


@pytest.mark.parametrize("name", PARTS)
def test_it_is_frozen(name: str) -> None:
    delivery = delivered()

    with pytest.raises(AttributeError, match=f"frozen: {name} cannot be set"):
        setattr(delivery, name, "other")
    with pytest.raises(AttributeError, match=f"frozen: {name} cannot be deleted"):
        delattr(delivery, name)
    assert delivery == delivered()


def test_it_has_slots() -> None:
    assert not hasattr(delivered(), "__dict__")


def test_nobody_else_makes_one() -> None:
    with pytest.raises(
        TypeError, match=r"a Delivery cannot be created directly: call Verifier\.verify\(body, headers\)"
    ):
        Delivery()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_not_pickled(protocol: int) -> None:
    """Who can write to the queue could make one."""
    with pytest.raises(TypeError, match=r"a Delivery cannot be pickled: queue delivery\.seal"):
        pickle.dumps(delivered(), protocol)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_is_itself(copied: Any) -> None:
    delivery = delivered()

    assert copied(delivery) is delivery


def test_its_repr_shows_the_size_of_the_body_only() -> None:
    expected = "Delivery(id='msg_1', scheme='standard-webhooks', secret_label='secret-1', body=<6 bytes>)"

    assert repr(delivered(b"secret")) == str(delivered(b"secret")) == f"{delivered(b'secret')}" == expected


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(json_values, st.booleans())
def test_json_reads_what_json_writes(value: Any, escaped: bool) -> None:
    body = json.dumps(value, ensure_ascii=escaped).encode()

    assert delivered(body).json() == value


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"{'a': 1}", id="Python's quotes"),
        pytest.param(b'{"a": 1}x', id="something behind"),
        pytest.param(b'{"a": NaN}', id="NaN"),
        pytest.param(b"[Infinity]", id="Infinity"),
        pytest.param(b"-Infinity", id="-Infinity"),
        pytest.param(b'"\xff"', id="not UTF-8"),
        pytest.param('{"a": 1}'.encode("utf-16"), id="UTF-16"),
        pytest.param('{"a": "é"}'.encode("latin-1"), id="latin-1"),
        pytest.param(b'\xef\xbb\xbf{"a": 1}', id="a byte order mark"),
        pytest.param(b'"\xed\xa0\x80"', id="a lone surrogate in UTF-8"),
        pytest.param(b"[" * 100_000, id="nested too deeply"),
        pytest.param(b'{"a":' * 100_000, id="objects nested too deeply"),
        pytest.param(b"9" * 5_000, id="more digits than an int takes"),
    ],
)
def test_what_is_no_json_is_an_unreadable_event(body: bytes) -> None:
    """Genuine it was all the same: so this is no rejection, and the error does not carry the body along."""
    with pytest.raises(UnreadableEvent, match="the body is not JSON in UTF-8") as caught:
        delivered(body).json()

    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert (caught.value.path, caught.value.status_hint) == ("", 422)
    assert vars(caught.value) == {"detail": "the body is not JSON in UTF-8", "path": ""}


def test_the_idempotency_key_is_the_signed_id_or_the_unsigned_id_with_the_body_or_the_signed_content() -> (
    None
):
    assert (delivered().identity, delivered().idempotency_key) == ("signed_id", "msg_1")

    def verified(message_id: str) -> Delivery:
        headers = Signer("a secret that is long enough", scheme="github").sign(b"{}", id=message_id)
        return Verifier("a secret that is long enough", scheme="github").verify(b"{}", headers)

    delivery = verified("guid-1")
    assert (delivery.id, delivery.identity) == ("guid-1", "unsigned_id")
    assert delivery.idempotency_key == sha256(b"6.guid-1.{}").hexdigest()
    assert (
        verified("guid-1").idempotency_key == delivery.idempotency_key != verified("guid-2").idempotency_key
    )
    unsigned = Signer("a secret that is long enough", scheme="github").sign(b"{}", id="guid-1")
    del unsigned["x-github-delivery"]
    without = Verifier("a secret that is long enough", scheme="github").verify(b"{}", unsigned)
    assert (without.identity, without.idempotency_key) == ("bytes", sha256(b"{}").hexdigest())
