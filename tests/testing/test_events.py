"""Typed events for tests: every class can be created, and is equal to the event that its body parses to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, TypedDict
from uuid import UUID

import msgspec
import pydantic
import pytest

from tests.rows import rows
from webhook_verify import Delivery, Signer, Verifier
from webhook_verify.events import EventRouter, EventTypes, UnknownEvent, emporix, lithic, standard, svix
from webhook_verify.testing import TEST_SECRET, delivery, event, payload_of, signed

SVIX: list[type[Any]] = list(svix.EVENTS.classes.values())


@pytest.mark.parametrize("cls", SVIX, ids=lambda cls: cls.__name__)
def test_every_svix_event_is_made_and_parses_back(cls: type[Any]) -> None:
    made = event(cls)
    parsed = svix.parse_unverified(payload_of(made))
    assert type(parsed) is cls
    assert parsed == made
    assert made.raw == payload_of(made)


def test_these_are_all_that_svix_has() -> None:
    assert {cls.__name__ for cls in SVIX} == {name for name in svix.__all__ if name.endswith("Event")} - {
        "OperationalEvent",
        "UnknownEvent",
    }


@rows("event_type", lithic.EVENT_TYPES)
def test_every_lithic_event_is_made_and_parses_back(event_type: str) -> None:
    made = event(lithic.LithicEvent, event_type=event_type, token="event_1", state="PAUSED")
    assert made.payload == {"event_type": event_type, "state": "PAUSED"}
    assert lithic.parse_unverified(payload_of(made), token="event_1") == made


@rows("event_type", emporix.EVENT_TYPES)
def test_every_emporix_event_is_made_and_parses_back(event_type: str) -> None:
    made = event(emporix.EmporixEvent, type=event_type, status="SHIPPED")
    assert made.payload["status"] == "SHIPPED"
    assert emporix.parse_unverified(payload_of(made), event_type=event_type) == made


def test_an_envelope_is_made_and_parses_back() -> None:
    made = event(standard.Envelope[Any], type="invoice.paid", amount=9)
    assert made == standard.Envelope(type="invoice.paid", data={"amount": 9})
    assert standard.parse_unverified(payload_of(made)) == made


def test_values_are_those_of_the_event_or_of_its_data() -> None:
    made = event(svix.EndpointDisabledEvent, endpoint_id="ep_1", fail_since=datetime(2026, 1, 1, tzinfo=UTC))
    assert (made.data.endpoint_id, made.data.trigger) == ("ep_1", "automatic")
    assert made.data.fail_since == datetime(2026, 1, 1, tzinfo=UTC)
    assert made.data.app_id.startswith("app_")
    data = svix.EndpointCreatedEventData(app_id="app_1", endpoint_id="ep_2")
    assert event(svix.EndpointCreatedEvent, data=data).data == data
    assert event(svix.EndpointCreatedEvent, data={"app_id": "app_2"}).data.app_id == "app_2"


def test_a_mapping_gives_some_members_of_a_nested_struct() -> None:
    made = event(svix.MessageAttemptExhaustedEvent, last_attempt={"response_status_code": 503})
    assert made.data.last_attempt.response_status_code == 503
    assert made.data.last_attempt.id.startswith("atmpt_")
    logged = event(svix.MessageAttemptLogEvent, data=[{"attempt_count": 4}, {}])
    assert [each.attempt_count for each in logged.data] == [4, 1]


def test_an_attempt_has_the_status_that_its_event_tells_of() -> None:
    failed, recovered = event(svix.MessageAttemptFailingEvent), event(svix.MessageAttemptRecoveredEvent)
    assert failed.data.last_attempt.response_status_code == 500
    assert recovered.data.last_attempt.response_status_code == 200


def test_a_changed_event_is_encoded_anew() -> None:
    made = event(svix.EndpointCreatedEvent)
    changed = msgspec.structs.replace(made, data=msgspec.structs.replace(made.data, app_id="app_9"))
    assert svix.parse_unverified(payload_of(changed)) == changed != made


def test_events_made_by_hand_have_their_body() -> None:
    assert payload_of(lithic.LithicEvent("token", "card.updated", {"a": 1})) == b'{"a":1}'
    assert payload_of(UnknownEvent("new", {"a": 1})) == b'{"type":"new","data":{"a":1}}'


# Classes of the user's own


class Color(Enum):
    RED = "red"


class Line(NamedTuple):
    sku: str
    amount: int


class Money(TypedDict):
    currency: str


@dataclass
class Everything:
    text: str
    short: Annotated[str, msgspec.Meta(max_length=2)]
    long: Annotated[str, msgspec.Meta(min_length=9)]
    number: Annotated[int, msgspec.Meta(ge=7, multiple_of=5)]
    small: Annotated[int, msgspec.Meta(lt=0)]
    ratio: Annotated[float, msgspec.Meta(gt=1)]
    flag: bool
    when: datetime
    naive: Annotated[datetime, msgspec.Meta(tz=False)]
    day: date
    price: Decimal
    token: UUID
    color: Color
    word: Literal["a", "b"]
    either: int | str | None
    nothing: None
    raw: bytes
    items: list[Money]
    pair: tuple[int, str]
    line: Line
    free: dict[str, int]
    anything: Any
    left_out: int = 3


def test_an_own_class_is_made_of_its_types() -> None:
    made = event(Everything, text="own")
    assert made.line == Line("sku", 1)
    assert (made.text, made.short, made.number, made.small, made.left_out) == ("own", "sh", 10, -1, 3)
    assert msgspec.json.decode(payload_of(made), type=Everything) == made


class Node(msgspec.Struct):
    name: str
    children: list[Node]


def test_a_class_that_holds_itself_ends() -> None:
    assert event(Node).children


class Patterned(msgspec.Struct):
    code: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]


def test_what_has_no_example_asks_for_a_value() -> None:
    with pytest.raises(TypeError, match=r"no example value for code.*Pass a value for it"):
        event(Patterned)
    assert event(Patterned, code="EUR").code == "EUR"


@pytest.mark.parametrize(
    ("values", "error", "says"),
    [
        (
            {"colour": "red"},
            TypeError,
            "unknown field colour. Expected one of: data, app_id, app_uid, endpoint_id",
        ),
        ({"type": "endpoint.gone"}, TypeError, "unknown field type"),
        ({"data": {"appId": "app_1"}}, TypeError, "unknown field appId. Expected one of: app_id"),
        ({"endpoint_id": 7}, ValueError, "data.endpointId: expected `str`"),
    ],
)
def test_a_value_that_does_not_fit_is_told(values: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        event(svix.EndpointCreatedEvent, **values)


class Model(pydantic.BaseModel):
    amount: int = pydantic.Field(alias="totalAmount")


def test_a_pydantic_model_makes_itself() -> None:
    with pytest.raises(TypeError, match="must not be a Pydantic model"):
        event(Model)
    assert payload_of(Model(totalAmount=3)) == b'{"totalAmount":3}'


# Deliveries without a request


def test_a_delivery_is_as_a_verifier_makes_it(
    webhook_delivery: Callable[..., Delivery], webhook_signer: Signer
) -> None:
    request = signed({"type": "invoice.paid"}, webhook_signer, id="msg_1", timestamp=1_790_000_000)
    real = Verifier(TEST_SECRET).verify_at(request.body, dict(request.headers), received_at=1_790_000_000)
    made = webhook_delivery(
        {"type": "invoice.paid"}, id="msg_1", timestamp=1_790_000_000, key=real.secret_label
    )
    assert (made, made.signed_content_digest) == (real, real.signed_content_digest)


def test_a_delivery_has_the_time_of_the_clock_and_a_fresh_id(
    webhook_delivery: Callable[..., Delivery], webhook_clock: Any
) -> None:
    webhook_clock.set(1_790_000_000)
    one, other = webhook_delivery(), webhook_delivery()
    assert one.timestamp == other.timestamp == datetime.fromtimestamp(1_790_000_000, UTC)
    assert one.id != other.id
    assert (one.body, one.secret_label, one.event_type) == (b"{}", "test", None)


def test_a_delivery_of_a_scheme_tells_what_that_signs() -> None:
    of_stripe = delivery({"id": "evt_1"}, scheme="stripe")
    assert (of_stripe.id, of_stripe.id_is_signed, of_stripe.scheme) == ("evt_1", True, "stripe")
    of_github = delivery(b"x", scheme="github", id="guid")
    assert (of_github.id, of_github.id_is_signed, of_github.timestamp_is_signed) == ("guid", False, False)
    assert (
        of_github.signed_content_digest
        == delivery(b"x", scheme="github").signed_content_digest
        != delivery(b"y", scheme="github").signed_content_digest
    )


def test_a_handler_is_tested_by_a_delivery() -> None:
    router, seen = EventRouter(svix), list[str]()

    @router.on(svix.EndpointDeletedEvent)
    def deleted(event: svix.EndpointDeletedEvent, delivery: Delivery) -> None:
        seen.append(event.data.endpoint_id)

    assert router.dispatch(delivery(event(svix.EndpointDeletedEvent, endpoint_id="ep_1"))) == 204
    assert seen == ["ep_1"]


def test_an_event_type_of_a_header_is_told() -> None:
    made = event(emporix.EmporixEvent, type="order.updated")
    assert emporix.parse(delivery(made, scheme="emporix", event_type="order.updated")) == made
    types = EventTypes[Any]({"e": Everything}, type_field=None, data_field=None)
    assert types.parse(delivery(event(Everything), event_type="e")) == event(Everything)
