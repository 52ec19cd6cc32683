"""Lithic, Emporix and the standard envelope: the fields from the body and from the delivery."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from tests.events.helpers import deliver, description
from tests.signing import SECRET
from webhook_verify import Signer, UnreadableEvent, Verifier
from webhook_verify.delivery import make_delivery
from webhook_verify.events import EventTypes, UnknownEvent, emporix, lithic, standard


def test_a_lithic_event_is_a_flat_body_in_an_envelope() -> None:
    delivery = deliver({"event_type": "card.updated", "token": "of the card", "state": "OPEN"}, id="msg_7")
    event = lithic.parse(delivery)

    assert isinstance(event, lithic.LithicEvent)
    assert (event.token, event.event_type, event.type) == ("msg_7", "card.updated", "card.updated")
    assert event.payload == {"event_type": "card.updated", "token": "of the card", "state": "OPEN"}
    assert event.raw == delivery.body


@pytest.mark.parametrize(
    ("body", "event_type"),
    [
        ({"event_type": "brand.new", "a": 1}, "brand.new"),
        ({"a": 1}, ""),
        ({"acquirer_fee": 0, "amount": 2000, "authorization_amount": 2000}, ""),
        ({"event_type": "Card.Updated"}, "Card.Updated"),
        ({}, ""),
    ],
    ids=["newer than the list", "no type", "documented vector", "letter case counts", "empty"],
)
def test_a_lithic_type_that_is_not_known_is_no_first_member_of_a_union(
    body: dict[str, Any], event_type: str
) -> None:
    delivery = deliver(body)
    event = lithic.parse(delivery)

    assert event == UnknownEvent(event_type, body)
    assert event.raw == delivery.body


@pytest.mark.parametrize(
    ("body", "path"), [("[]", ""), ('"x"', ""), ("null", ""), ('{"event_type":1}', "event_type"), ("{", "")]
)
def test_a_lithic_body_that_is_no_event(body: str, path: str) -> None:
    with pytest.raises(UnreadableEvent) as caught:
        lithic.parse(deliver(body))
    assert caught.value.path == path


def test_the_lithic_types_are_all_that_are_documented() -> None:
    documented = description("lithic-event-types.json").values()
    in_the_api = description("lithic-events.openapi.json")["components"]["schemas"]["event_type"]["enum"]

    assert sorted(lithic.EVENT_TYPES) == sorted({name for names in documented for name in names})
    assert set(in_the_api) < set(lithic.EVENT_TYPES)


def test_the_vendors_own_delivery_parses() -> None:
    vectors = json.dumps(description("lithic-signature-vectors.json"))
    assert "zlFsbBZ8Xcodlpcu6NDTdSzZRLSdhkst" in vectors
    verifier = Verifier("aDeFC3Zn55XB3PDD2zF0JP9cyrDHdV/18VOmkTcuyto=")
    delivery = verifier.verify_at(
        b'{"acquirer_fee":0,"amount":2000,"authorization_amount":2000}',
        {
            "webhook-id": "65a9dad4-1b60-4686-83fd-65b25078a4b4",
            "webhook-timestamp": "1698031907",
            "webhook-signature": "v1,OGBiqPtc/O2sWacUsuS4pvTdfFBv6dqxYX/4UFzrbGk=",
        },
        received_at=1698031907,
    )

    assert lithic.parse(delivery) == UnknownEvent("", delivery.json())


def test_a_typed_lithic_resource() -> None:
    class CardUpdated(msgspec.Struct):
        token: str
        state: str

    types = EventTypes({"card.updated": CardUpdated}, type_field="event_type", data_field=None)
    body = {"event_type": "card.updated", "token": "card_1", "state": "OPEN"}

    assert types.parse(deliver(body)) == CardUpdated("card_1", "OPEN")
    assert types.parse(deliver({"event_type": "new", "a": 1})) == UnknownEvent(
        "new", {"event_type": "new", "a": 1}
    )


@pytest.mark.parametrize(
    "payload", [{"id": "p-1"}, [{"id": 1}], "text", None, 1.5, {"type": "PRODUCT.CREATED"}], ids=str
)
def test_an_emporix_event_is_the_bare_resource(payload: Any) -> None:
    delivery = deliver(json.dumps(payload))
    event = emporix.parse(delivery, event_type="product.created")

    assert (event.type, event.payload, event.raw) == ("product.created", payload, delivery.body)
    assert emporix.parse(delivery) == emporix.EmporixEvent("", payload), "nobody has told the type"


@pytest.mark.parametrize("name", ["index.item-updated", "index-item.updated", "PRODUCT.CREATED", " x"])
def test_an_emporix_type_is_taken_as_it_is(name: str) -> None:
    assert emporix.parse(deliver("{}"), event_type=name).type == name


def test_a_signed_header_tells_the_type() -> None:
    delivery = make_delivery("msg_1", 1_700_000_000, b'{"id":1}', "a-scheme", "secret-1", "order.created")

    assert emporix.parse(delivery).type == "order.created"
    assert emporix.parse(delivery, event_type="order.updated").type == "order.updated"


def test_the_emporix_types_are_all_that_are_documented() -> None:
    documented = {name for names in description("emporix-event-types.json").values() for name in names}

    assert set(emporix.EVENT_TYPES) == documented | {"ai.agent-job-finished"}


def test_the_standard_envelope() -> None:
    body = {"type": "user.created", "timestamp": "2022-11-03T20:26:10.344522Z", "data": {"id": 1}}
    event = standard.parse(deliver(body))

    assert (event.type, event.data) == ("user.created", {"id": 1})
    assert event.timestamp == datetime(2022, 11, 3, 20, 26, 10, 344522, tzinfo=UTC)
    assert json.loads(msgspec.json.encode(event)) == body


@pytest.mark.parametrize(
    "body",
    [
        {"type": "a", "data": None},
        {"type": "a", "timestamp": None, "data": [1]},
        {"type": "a", "timestamp": "2022-11-03T20:26:10", "data": "x"},
    ],
    ids=str,
)
def test_a_standard_envelope_encodes_back(body: dict[str, Any]) -> None:
    event = standard.parse(deliver(body))

    assert json.loads(msgspec.json.encode(event)) == body
    assert event.timestamp is None or event.timestamp.tzinfo is UTC


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("[]", ""),
        ("{}", "type"),
        ('{"type":"a"}', "data"),
        ('{"type":"a","data":1,"timestamp":1}', "timestamp"),
    ],
)
def test_a_body_that_is_no_standard_envelope(body: str, path: str) -> None:
    with pytest.raises(UnreadableEvent) as caught:
        standard.parse(deliver(body))
    assert caught.value.path == path


class Invoice(msgspec.Struct, frozen=True):
    id: str
    amount: int


class InvoicePaid(standard.Envelope[Invoice], frozen=True):
    pass


def test_an_own_type_in_the_standard_envelope() -> None:
    types = EventTypes({"invoice.paid": InvoicePaid})
    body = {"type": "invoice.paid", "timestamp": "2022-11-03T20:26:10", "data": {"id": "in_1", "amount": 5}}
    event = types.parse(deliver(body))

    assert isinstance(event, InvoicePaid)
    assert event.data == Invoice("in_1", 5)
    assert event.timestamp == datetime(2022, 11, 3, 20, 26, 10, tzinfo=UTC)
    assert json.loads(event.raw) == json.loads(msgspec.json.encode(event)) == body
    with pytest.raises(UnreadableEvent, match=r"data\.amount: expected `int`"):
        types.parse(deliver({**body, "data": {"id": "in_1", "amount": "5"}}))


@pytest.mark.parametrize(
    "parse", [lithic.parse, emporix.parse, standard.parse], ids=lambda parse: parse.__module__
)
def test_only_a_delivery_is_parsed(parse: Any) -> None:
    body = b'{"type":"a","event_type":"a","data":1}'
    with pytest.raises(TypeError, match="parse_unverified"):
        parse(body)


@pytest.mark.parametrize("module", [lithic, emporix, standard], ids=lambda module: module.__name__)
def test_parse_unverified_gives_the_same(module: Any) -> None:
    body = b'{"type":"a","event_type":"card.created","data":1}'
    delivery = Verifier(SECRET).verify(body, Signer(SECRET).sign(body, id="msg_1"))
    token = {"token": "msg_1"} if module is lithic else {}

    assert module.parse_unverified(bytearray(body), **token) == module.parse(delivery)
    with pytest.raises(TypeError, match="bytes-like"):
        module.parse_unverified(body.decode())
