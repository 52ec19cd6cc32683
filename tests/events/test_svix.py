"""Svix operational webhooks: every documented example, both forms, and newer fields and types."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import sys
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from tests.events.examples import APP, ENDPOINT, EXAMPLES
from tests.events.helpers import deliver, encoded
from tests.rows import rows
from webhook_verify import UnreadableEvent
from webhook_verify.events import Event, UnknownEvent, svix

IDS = [name for name, _, _ in EXAMPLES]


@rows(("name", "cls", "payload"), EXAMPLES, ids=IDS)
def test_a_documented_example_is_its_event_and_encodes_back(
    name: str, cls: type[Any], payload: dict[str, Any]
) -> None:
    delivery = deliver(payload)
    event = svix.parse(delivery)

    assert type(event) is cls
    assert event.type == payload["type"]
    assert event.raw == delivery.body
    assert json.loads(msgspec.json.encode(event)) == payload
    assert svix.parse_unverified(delivery.body) == event
    assert svix.parse_unverified(msgspec.json.encode(event)) == event


def test_the_examples_are_of_every_event() -> None:
    assert {cls for _, cls, _ in EXAMPLES} == set(get_args(svix.OperationalEvent))


@pytest.mark.parametrize("cls", get_args(svix.OperationalEvent), ids=lambda cls: cls.type)
def test_an_event_says_its_type_once(cls: type[Any]) -> None:
    """The tag that is decoded, the attribute and the name are one."""
    config = cls.__struct_config__
    words = cls.type.replace("_", ".").split(".")

    assert (config.tag_field, config.tag) == ("type", cls.type)
    assert get_args(get_args(get_type_hints(cls)["type"])[0]) == (cls.type,)
    assert cls.__name__ == "".join(word.title() for word in words) + "Event"
    assert svix.EVENTS.classes[cls.type] is cls


def disabled(**members: Any) -> svix.EndpointDisabledEventData:
    payload = {"type": "endpoint.disabled", "data": {"appId": APP, "endpointId": ENDPOINT, **members}}
    event = svix.parse(deliver(payload))
    assert isinstance(event, svix.EndpointDisabledEvent)
    return event.data


@pytest.mark.parametrize(
    ("wire", "meant"),
    [
        ("1970-01-01T00:00:00", datetime(1970, 1, 1, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2022-11-06T15:04:05.25", datetime(2022, 11, 6, 15, 4, 5, 250_000, tzinfo=UTC)),
        ("2022-11-06T15:04:05.123456789Z", datetime(2022, 11, 6, 15, 4, 5, 123_457, tzinfo=UTC)),
        ("2022-11-06T15:04:05+02:00", datetime(2022, 11, 6, 15, 4, 5, tzinfo=timezone(timedelta(hours=2)))),
        (None, None),
    ],
)
def test_a_time_is_aware_and_without_a_zone_it_is_utc(wire: str | None, meant: datetime | None) -> None:
    since = disabled(failSince=wire).fail_since

    assert since == meant
    assert since is None or since.utcoffset() is not None


def test_what_the_old_form_leaves_out_reads_as_its_default() -> None:
    data = disabled()

    assert (data.app_uid, data.endpoint_uid, data.fail_since, data.trigger) == (None, None, None, "automatic")
    assert json.loads(msgspec.json.encode(data)) == {"appId": APP, "endpointId": ENDPOINT}
    assert data == disabled(appUid=None, trigger="automatic"), "equal, for it means the same"
    assert hash(data) == hash(disabled(appUid=None, trigger="automatic"))
    assert data != disabled(trigger="manual")
    assert repr(data) == repr(disabled(failSince=None, trigger="automatic"))


def test_an_event_can_be_made_by_hand() -> None:
    made = svix.EndpointDisabledEvent(svix.EndpointDisabledEventData(app_id=APP, endpoint_id=ENDPOINT))

    assert made.data == disabled()
    assert made.raw == b""
    assert made != svix.EndpointCreatedEvent(svix.EndpointCreatedEventData(app_id=APP, endpoint_id=ENDPOINT))
    assert made != "another thing"


def test_an_event_is_frozen() -> None:
    with pytest.raises(AttributeError):
        disabled().app_id = "app_2"  # type: ignore[misc]


@pytest.mark.parametrize(
    "carry",
    [copy.copy, copy.deepcopy, lambda event: pickle.loads(pickle.dumps(event))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_an_event_can_be_copied_and_pickled(carry: Any) -> None:
    event = svix.parse(deliver(EXAMPLES[3][2]))
    twin = carry(event)

    assert (type(twin), twin, repr(twin)) == (type(event), event, repr(event))
    assert msgspec.json.encode(twin) == msgspec.json.encode(event)


def test_the_raw_bytes_go_with_the_event() -> None:
    body = encoded(EXAMPLES[0][2])
    before = sys.getrefcount(body)
    events = [svix.parse_unverified(body) for _ in range(100)]
    assert sys.getrefcount(body) == before + 100
    del events
    gc.collect()

    assert sys.getrefcount(body) == before


UNKNOWN: list[tuple[bytes, str, Any]] = [
    (b'{"type":"endpoint.renamed","data":{"a":1}}', "endpoint.renamed", {"a": 1}),
    (b'{"type":"invoice.paid"}', "invoice.paid", None),
    (b'{"data":[1,2.5,null],"type":""}', "", [1, 2.5, None]),
    (b'{"type":"Endpoint.Created","data":{}}', "Endpoint.Created", {}),
    ('{"type":"käse","data":"é"}'.encode(), "käse", "é"),
]


@pytest.mark.parametrize(("body", "event_type", "data"), UNKNOWN, ids=[row[1] for row in UNKNOWN])
def test_an_unknown_type_is_no_error_and_loses_nothing(body: bytes, event_type: str, data: Any) -> None:
    event = svix.parse(deliver(body))

    assert event == UnknownEvent(event_type, data)
    assert isinstance(event, UnknownEvent)
    assert (event.type, event.data, event.raw) == (event_type, data, body)


def test_unknown_members_and_words_are_no_error_and_lose_nothing() -> None:
    payload = {
        "type": "endpoint.disabled",
        "data": {"appId": "no-pattern", "endpointId": "", "trigger": "cosmic-ray", "new": {"a": [1]}},
        "also": "new",
    }
    event = svix.parse(deliver(payload))

    assert isinstance(event, svix.EndpointDisabledEvent)
    assert (event.data.app_id, event.data.trigger) == ("no-pattern", "cosmic-ray")
    assert json.loads(event.raw) == payload


DEEP = b"[" * 1_000_000 + b"]" * 1_000_000  # Python 3.14 skips 100,000 levels without a RecursionError
UNREADABLE: list[tuple[str, bytes, str]] = [
    ("no JSON", b"{", ""),
    ("empty", b"", ""),
    ("an array", b"[]", ""),
    ("a text", b'"endpoint.created"', ""),
    ("no type", b'{"data":{}}', "type"),
    ("a type that is no text", b'{"type":1,"data":{}}', "type"),
    ("a type that is null", b'{"type":null}', "type"),
    ("no data", b'{"type":"endpoint.created"}', "data"),
    ("data of another kind", b'{"type":"endpoint.created","data":[]}', "data"),
    ("a member missing", b'{"type":"endpoint.created","data":{"appId":"a"}}', "data.endpointId"),
    ("a member null", b'{"type":"endpoint.created","data":{"appId":null,"endpointId":"e"}}', "data.appId"),
    ("an object for an array", b'{"type":"message.attempt.log","data":{}}', "data"),
    ("in an array", b'{"type":"message.attempt.log","data":[{"orgId":1}]}', "data[0].orgId"),
    (
        "no time",
        b'{"type":"endpoint.disabled","data":{"appId":"a","endpointId":"e","failSince":"now"}}',
        "data.failSince",
    ),
    ("NaN", b'{"type":"background_task.finished","data":{"data":{"x":NaN}}}', ""),
    ("nested too deeply", b'{"type":"endpoint.created","data":{"new":%b}}' % DEEP, ""),
    ("nested too deeply, unknown", b'{"type":"new","data":%b}' % DEEP, ""),
    ("nested too deeply, elsewhere", b'{"x":%b,"type":"endpoint.created","data":{}}' % DEEP, ""),
    ("not UTF-8", b'{"type":"new","data":"\xff"}', ""),
    ("a byte order mark", b'\xef\xbb\xbf{"type":"new"}', ""),
    ("trailing bytes", b'{"type":"new"} x', ""),
    ("half a surrogate pair", b'{"type":"new","data":"\\ud800"}', ""),
    ("an integer of 5000 digits", b'{"type":"new","data":%b}' % (b"9" * 5000), "[...]"),
]


@pytest.mark.parametrize(("name", "body", "path"), UNREADABLE, ids=[name for name, _, _ in UNREADABLE])
def test_an_unreadable_payload_names_the_place(name: str, body: bytes, path: str) -> None:
    with pytest.raises(UnreadableEvent) as caught:
        svix.parse(deliver(body))

    assert caught.value.path == path
    assert caught.value.status_hint == 422
    assert caught.value.__context__ is None, "the first error may hold what was received"


def test_a_text_of_1_mb_is_read() -> None:
    text = "x" * 1_000_000
    data = disabled(appUid=text)

    assert data.app_uid == text


def test_duplicate_members_are_no_other_error() -> None:
    body = b'{"type":"new","data":1,"type":"endpoint.created","data":{"appId":"a","endpointId":"e"}}'
    with pytest.raises(UnreadableEvent):
        svix.parse(deliver(body))
    twice = b'{"type":"endpoint.created","data":{"appId":"a","appId":"b","endpointId":"e"}}'
    event = svix.parse(deliver(twice))

    assert isinstance(event, svix.EndpointCreatedEvent)
    assert event.data.app_id == "b"


@pytest.mark.parametrize(
    "wrong", [b"{}", None, type("Request", (), {"body": b"{}"})()], ids=["bytes", "None", "request"]
)
def test_parse_takes_nothing_but_a_delivery(wrong: Any) -> None:
    with pytest.raises(TypeError, match="only a verifier makes"):
        svix.parse(wrong)


def test_parse_unverified_takes_bytes() -> None:
    body = encoded(EXAMPLES[0][2])

    assert svix.parse_unverified(memoryview(body)) == svix.parse_unverified(body)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="bytes-like"):
        svix.parse_unverified(body.decode())  # type: ignore[arg-type]


def test_every_event_is_an_event() -> None:
    assert all(issubclass(cls, Event) for cls in (*get_args(svix.OperationalEvent), UnknownEvent))
