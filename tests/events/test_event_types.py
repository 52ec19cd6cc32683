"""Custom event types: structs, dataclasses, attrs and Pydantic classes, with the same rules."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

import attrs
import msgspec
import pydantic
import pydantic.dataclasses
import pytest

from tests import processes
from tests.events.helpers import deliver, encoded
from tests.rows import rows
from webhook_verify import Delivery, UnreadableEvent
from webhook_verify.delivery import make_delivery
from webhook_verify.events import Event, EventTypes, UnknownEvent
from webhook_verify.events.standard import Envelope


class Line(msgspec.Struct):
    sku: str
    count: int = 1


class OfMsgspec(msgspec.Struct):
    id: str
    lines: list[Line] = []


@dataclass
class LineOfDataclass:
    sku: str
    count: int = 1


@dataclass
class OfDataclass:
    id: str
    lines: list[LineOfDataclass]


class LineOfPydantic(pydantic.BaseModel):
    sku: str
    count: int = 1


class OfPydantic(pydantic.BaseModel):
    id: str
    lines: list[LineOfPydantic] = []


@attrs.define
class LineOfAttrs:
    sku: str
    count: int = 1


@attrs.define
class OfAttrs:
    id: str
    lines: list[LineOfAttrs]


@pydantic.dataclasses.dataclass
class OfPydanticDataclass:
    id: str
    lines: list[LineOfPydantic]


KINDS: list[type[Any]] = [OfMsgspec, OfDataclass, OfAttrs, OfPydantic, OfPydanticDataclass]


def parsed(types: EventTypes[Any], delivery: Delivery, **how: Any) -> Any:
    return types.parse(delivery, **how)


def name_of(cls: type[Any]) -> str:
    return cls.__name__


def order(**members: Any) -> dict[str, Any]:
    return {"id": "o_1", "lines": [{"sku": "a", "count": 2}], "new": True, **members}


@pytest.mark.parametrize("cls", KINDS, ids=name_of)
def test_a_class_describes_the_payload(cls: type[Any]) -> None:
    types = EventTypes[Any]({"order.placed": cls})
    event: Any = types.parse(deliver({"type": "order.placed", **order()}))

    assert type(event) is cls
    assert (event.id, event.lines[0].sku, event.lines[0].count) == ("o_1", "a", 2)
    assert types.type_of(event) == "order.placed"


@pytest.mark.parametrize("cls", KINDS, ids=name_of)
def test_a_class_describes_the_data(cls: type[Any]) -> None:
    types = EventTypes[Any](describes="data")
    types.register("order.placed")(cls)
    event: Any = types.parse(deliver({"data": order(), "type": "order.placed"}))

    assert (type(event), event.id) == (cls, "o_1")


BAD: list[tuple[Any, str]] = [
    (order(id=1), "id"),
    ({"lines": []}, "id"),
    (order(lines=[{"sku": "a"}, {"sku": None}]), "lines[1].sku"),
    (order(lines={}), "lines"),
    (order(lines=[{}]), "lines[0].sku"),
]


@rows("cls", KINDS, ids=name_of)
@rows(("payload", "path"), BAD, ids=[path for _, path in BAD])
def test_a_broken_promise_names_the_place_and_no_value(cls: type[Any], payload: Any, path: str) -> None:
    of_payload, of_data = EventTypes[Any]({"a": cls}), EventTypes[Any]({"a": cls}, describes="data")
    with pytest.raises(UnreadableEvent) as caught:
        of_payload.parse(deliver({"type": "a", **payload}))
    assert caught.value.path == path
    assert caught.value.__context__ is None
    with pytest.raises(UnreadableEvent) as caught:
        of_data.parse(deliver({"type": "a", "data": payload}))
    assert caught.value.path == f"data.{path}"
    assert caught.value.__context__ is None


@pytest.mark.parametrize("cls", KINDS, ids=name_of)
@pytest.mark.parametrize("data", [None, [], "x", 1])
def test_data_of_another_kind_is_unreadable(cls: type[Any], data: Any) -> None:
    with pytest.raises(UnreadableEvent, match=r"^data: "):
        EventTypes[Any]({"a": cls}, describes="data").parse(deliver({"type": "a", "data": data}))


@rows("cls", KINDS, ids=name_of)
@rows(
    "body",
    [
        b"{",
        b"[]",
        b'{"type":"a","id":NaN,"data":NaN}',
        b'{"type":"a","data":%b}' % (b"[" * 100_000 + b"]" * 100_000),
        b'{"type":"a","id":"\xff","data":{"id":"\xff","lines":[]},"lines":[]}',
        b'{"type":"a","id":%b,"data":%b}' % (b"9" * 5000, b"9" * 5000),
        b'{"type":"a"}',
    ],
    ids=["cut", "array", "NaN", "deep", "no UTF-8", "huge integer", "no members"],
)
def test_hostile_bytes_are_unreadable(cls: type[Any], body: bytes) -> None:
    for describes in ("payload", "data"):
        types = EventTypes[Any]({"a": cls}, describes=describes)
        with pytest.raises(UnreadableEvent):
            types.parse(deliver(body))


def test_deep_nesting_under_a_pydantic_model() -> None:
    class Free(pydantic.BaseModel):
        tree: Any

    types = EventTypes[Any]({"a": Free})
    for depth in (150, 900, 5000):
        body = b'{"type":"a","tree":%b}' % (b"[" * depth + b"]" * depth)
        try:
            assert isinstance(types.parse(deliver(body)), Free)
        except UnreadableEvent:
            assert depth > 150


class Colour(Enum):
    RED = "red"


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    colour: Colour | None = None
    size: Literal["s", "m"] | None = None

    def __post_init__(self) -> None:
        if self.size == "m":
            raise ValueError("4111-1111 is not for m")


class StrictModel(pydantic.BaseModel, extra="forbid"):
    colour: Colour | None = None
    size: Literal["s", "m"] | None = None

    @pydantic.field_validator("size")
    @classmethod
    def _not_m(cls, size: str) -> str:
        if size == "m":
            raise ValueError("4111-1111 is not for m")
        return size


@pytest.mark.parametrize("cls", [Strict, StrictModel], ids=name_of)
@pytest.mark.parametrize("data", [{"colour": "4111-1111"}, {"size": "4111-1111"}, {"size": "m"}], ids=str)
def test_an_error_holds_no_value_of_the_payload(cls: type[Any], data: Any) -> None:
    with pytest.raises(UnreadableEvent) as caught:
        EventTypes[Any]({"a": cls}, describes="data").parse(deliver({"type": "a", "data": data}))
    assert "4111" not in f"{caught.value!r}{caught.value}{caught.value.__context__}{caught.value.__cause__}"
    assert "valid" in caught.value.detail


class Totals(msgspec.Struct):
    by_mail: dict[str, int]


class TotalsModel(pydantic.BaseModel):
    by_mail: dict[str, int]


@pytest.mark.parametrize("cls", [Totals, TotalsModel], ids=name_of)
def test_a_path_holds_no_key_of_the_payload(cls: type[Any]) -> None:
    with pytest.raises(UnreadableEvent) as caught:
        EventTypes[Any]({"a": cls}).parse(deliver({"type": "a", "by_mail": {"zoe@example.com": None}}))
    assert caught.value.path == "by_mail[...]"


class Tagged(Event, frozen=True, tag_field="type", tag="tagged"):
    n: int


def test_an_event_of_ones_own_keeps_its_bytes() -> None:
    delivery = deliver(b'{"n":1,"type":"tagged","new":2}')
    event = EventTypes({"tagged": Tagged}).parse(delivery)

    assert event == Tagged(1)
    assert isinstance(event, Event)
    assert event.raw == delivery.body


def test_an_unknown_type_is_no_error() -> None:
    types = EventTypes[Any]({"order.placed": OfMsgspec})
    flat = EventTypes[Any]({"order.placed": OfMsgspec}, data_field=None)
    body = {"type": "order.lost", "data": {"a": 1}, "more": 2}

    assert types.parse(deliver(body)) == UnknownEvent("order.lost", {"a": 1})
    assert flat.parse(deliver(body)) == UnknownEvent("order.lost", body)
    assert types.type_of(UnknownEvent("order.lost", None)) == "order.lost"


def test_the_type_may_have_another_name() -> None:
    types = EventTypes[Any]({"placed": OfMsgspec}, type_field="kind", data_field="body", describes="data")

    assert parsed(types, deliver({"kind": "placed", "body": order()})).id == "o_1"
    with pytest.raises(UnreadableEvent, match=r"^kind: is missing"):
        types.parse(deliver({"type": "placed", "body": order()}))


def test_the_type_may_be_in_a_header_alone() -> None:
    types = EventTypes[Any]({"placed": OfMsgspec}, type_field=None, data_field=None)
    body = encoded(order())
    signed = make_delivery("msg_1", 1_700_000_000, body, "a-scheme", "secret-1", "placed")

    assert parsed(types, signed).id == "o_1"
    assert types.parse(signed, event_type="lost") == UnknownEvent("lost", order())
    assert parsed(types, deliver(body), event_type="placed").id == "o_1"
    assert types.parse(deliver(body)) == UnknownEvent("", order())
    assert types.parse_unverified(body, event_type="placed") == parsed(types, signed)
    assert types.parse(deliver(b"[1]")) == UnknownEvent("", [1])


def test_the_payload_decides_where_it_says_its_type() -> None:
    types = EventTypes[Any]({"placed": OfMsgspec})

    assert types.parse(deliver({"type": "lost"}), event_type="placed") == UnknownEvent("lost", None)


def test_a_generic_envelope_may_be_registered_as_it_is() -> None:
    types = EventTypes[Any]({"order.placed": Envelope[Line]})
    event: Any = types.parse(deliver({"type": "order.placed", "data": {"sku": "a"}}))

    assert event.data == Line("a")
    assert types.type_of(event) == "order.placed"
    assert types.classes == {"order.placed": Envelope}


MISUSE: list[tuple[str, Any, type[Exception]]] = [
    ("no class that JSON can be read as", lambda: EventTypes[Any]({"a": int}), TypeError),
    ("no class", lambda: EventTypes[Any]({"a": "A"}), TypeError),  # type: ignore[dict-item]
    ("a class that msgspec cannot read", lambda: EventTypes[Any]({"a": dataclass(Odd)}), TypeError),
    ("an empty type", lambda: EventTypes[Any]({"": OfMsgspec}), TypeError),
    ("a type that is no text", lambda: EventTypes[Any]({1: OfMsgspec}), TypeError),  # type: ignore[dict-item]
    (
        "two classes of a type",
        lambda: EventTypes[Any]({"a": OfMsgspec}).register("a")(OfDataclass),
        ValueError,
    ),
    ("two types of a class", lambda: EventTypes[Any]({"a": OfMsgspec, "b": OfMsgspec}), ValueError),
    ("describes what", lambda: EventTypes[Any](describes="all"), ValueError),  # type: ignore[arg-type]
    ("no data to describe", lambda: EventTypes[Any](describes="data", data_field=None), ValueError),
]


class Odd:
    either: Line | OfMsgspec  # nothing tells the two apart


@pytest.mark.parametrize(("name", "make", "error"), MISUSE, ids=[name for name, _, _ in MISUSE])
def test_misuse_is_an_error_at_once(name: str, make: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        make()


def test_pydantic_is_imported_with_the_first_model_and_never_before() -> None:
    code = (
        "import sys; from webhook_verify.events import EventTypes, svix; import msgspec;"
        "A = msgspec.defstruct('A', ['x']); EventTypes({'a': A}); print('pydantic' in sys.modules)"
    )
    ran = processes.run([sys.executable, "-c", code], text=True)
    assert ran.stdout == "False\n"
