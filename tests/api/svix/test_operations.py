"""Features of Svix: queries, bodies and responses of both generations of its API."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any

import httpx2
import msgspec
import pytest

from tests.api.contract import Row
from tests.api.helpers import fewest_arguments, method_of, some_json
from tests.api.svix.operations import OPERATIONS, WIRE
from tests.rows import rows
from webhook_verify.api.svix import (
    AppPortalAccessOut,
    ApplicationIn,
    EndpointHeadersIn,
    EndpointHeadersOut,
    EndpointIn,
    EndpointPatch,
    EndpointSecretOut,
    EventTypeIn,
    MessageIn,
    MessageStatus,
    Ordering,
    Svix,
)

parameters_of = cache(WIRE.parameters_of)
each_row = pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)
EMPTY_PAGE = {"data": [], "done": True, "iterator": None}


@each_row
@rows(
    ("given", "sent"),
    [
        ("../event-type?x=1#y", "..%2Fevent-type%3Fx%3D1%23y"),
        ("a/b", "a%2Fb"),
        ("ä b", "%C3%A4%20b"),
        ("%2e", "%252e"),
        ("user.signup", "user.signup"),
        ("...", "..."),
        ("a\\b\n", "a%5Cb%0A"),
    ],
)
def test_an_id_is_one_segment_whatever_is_in_it(row: Row, given: str, sent: str) -> None:
    takes, wire = parameters_of(row.name), WIRE
    wire.response = httpx2.Response(200, content=json.dumps(some_json(takes.returns)).encode())
    args = fewest_arguments(takes)
    wire.called(row.name, [given if arg == "x" else arg for arg in args], {})

    assert wire.request.url.raw_path.decode() == re.sub(r"\{\w+\}", lambda _: sent, row.path)


@pytest.mark.parametrize(
    "row", [row for row in OPERATIONS if row.versions == ("1.4",)], ids=lambda row: row.name
)
def test_what_todays_api_dropped_is_marked(row: Row) -> None:
    assert "Deprecated: " in (method_of(WIRE.client, row.name).__doc__ or "")


def test_get_or_create_asks_for_what_exists() -> None:
    wire = WIRE
    wire.response = httpx2.Response(200, json=some_json(parameters_of("application.create").returns))
    wire.called("application.get_or_create", [ApplicationIn(name="Acme", uid="acme")], {})

    assert wire.request.url.raw_path == b"/api/v1/app?get_if_exists=true"
    assert json.loads(wire.request.content) == {"name": "Acme", "uid": "acme"}


def test_headers_is_short_for_get_headers() -> None:
    wire = WIRE
    wire.response = httpx2.Response(200, json={"headers": {"x-a": "1"}, "sensitive": ["x-b"]})
    assert wire.called("endpoint.headers", ["a", "e"], {}).headers == {"x-a": "1"}


QUERIES = [
    ({"limit": 5, "iterator": "a b&c#d"}, "limit=5&iterator=a%20b%26c%23d"),
    ({"order": Ordering.ASCENDING}, "order=ascending"),
    ({"limit": None, "iterator": None, "order": None}, ""),
]


@pytest.mark.parametrize(("given", "sent"), QUERIES, ids=str)
def test_the_query_of_a_list(given: dict[str, Any], sent: str) -> None:
    wire = WIRE
    wire.response = httpx2.Response(200, json=EMPTY_PAGE)
    wire.called("endpoint.list", ["a"], given)
    assert wire.request.url.query.decode() == sent


EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"event_types": ["b", "a"]}, "event_types=b&event_types=a"),
        ({"event_types": {"b", "a"}}, "event_types=a&event_types=b"),
        ({"event_types": []}, ""),
        ({"event_types": "user.signup"}, "event_types=user.signup"),
        ({"tag": "test#test"}, "tag=test%23test"),
        ({"with_content": False}, "with_content=false"),
        (
            {"before": datetime(2025, 2, 16, 21, 38, 2, 977000)},
            "before=2025-02-16T21%3A38%3A02.977000%2B00%3A00",
        ),
        ({"after": datetime(2025, 2, 16, tzinfo=EAST)}, "after=2025-02-16T00%3A00%3A00%2B02%3A00"),
        ({"status": MessageStatus.FAIL}, "status=2"),
    ],
)
def test_values_in_a_query(given: dict[str, Any], sent: str) -> None:
    wire, operation = WIRE, "message.list"
    wire.response = httpx2.Response(200, json=EMPTY_PAGE)
    if "status" in given:
        operation = "message_attempt.list_by_endpoint"
    wire.called(operation, ["a", "e"][: 1 + ("status" in given)], given)
    assert wire.request.url.query.decode() == sent


BODIES: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("endpoint.patch", ["a", "e", EndpointPatch()], {}),
    ("endpoint.patch", ["a", "e", EndpointPatch(uid=None)], {"uid": None}),
    ("endpoint.patch", ["a", "e", EndpointPatch(uid="x")], {"uid": "x"}),
    ("endpoint.create", ["a", EndpointIn(url="u", filter_types=["a"], rate_limit=1, version=2)],
     {"url": "u", "filterTypes": ["a"], "rateLimit": 1, "version": 2}),
    ("endpoint.create", ["a", EndpointIn(url="u", event_types=["a"], throttle_rate=1)],
     {"url": "u", "eventTypes": ["a"], "throttleRate": 1}),
    ("endpoint.rotate_secret", ["a", "e"], {}),
    ("event_type.create", [EventTypeIn(name="n", description="d", schemas={"1": {"type": "object"}})],
     {"name": "n", "description": "d", "schemas": {"1": {"type": "object"}}}),
    ("message.create", ["a", MessageIn(event_type="t", payload={"k_k": {"aB": [1, None, "ü"]}})],
     {"eventType": "t", "payload": {"k_k": {"aB": [1, None, "ü"]}}}),
    ("message.create", ["a", MessageIn(event_type="t", payload={}, deliver_at=datetime(2026, 1, 2))],
     {"eventType": "t", "payload": {}, "deliverAt": "2026-01-02T00:00:00Z"}),
    ("message.create", ["a", MessageIn.raw("t", "<a/>", "text/xml")],
     {"eventType": "t", "payload": {}, "transformationsParams":
      {"rawPayload": "<a/>", "headers": {"content-type": "text/xml"}}}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "sent"), BODIES, ids=str)
def test_what_is_not_given_is_not_sent_and_none_is_null(
    name: str, args: list[Any], sent: dict[str, Any]
) -> None:
    wire, takes = WIRE, parameters_of(name)
    wire.response = httpx2.Response(200, json=some_json(takes.returns))
    wire.called(name, args, {})
    assert json.loads(wire.request.content) == sent


ANSWERS: list[tuple[str, str, dict[str, Any]]] = [
    ("a new status", '{"status": 9}', {"status": 9}),
    ("a new word", '{"statusText": "paused"}', {"status_text": "paused"}),
    (
        "a time without zone",
        '{"timestamp": "1970-01-01T00:00:00"}',
        {"timestamp": datetime(1970, 1, 1, tzinfo=UTC)},
    ),
    ("an unknown key", '{"newThing": [1]}', {}),
    ("without its message", "{}", {"msg": None}),
]


@pytest.mark.parametrize(("what", "changed", "told"), ANSWERS, ids=[what for what, *_ in ANSWERS])
def test_what_is_newer_than_this_library_is_understood(what: str, changed: str, told: dict[str, Any]) -> None:
    wire = WIRE
    attempt = some_json(parameters_of("message_attempt.get").returns) | json.loads(changed)
    wire.response = httpx2.Response(200, json={**EMPTY_PAGE, "data": [attempt]})
    page = wire.called("message_attempt.list_by_msg", ["a", "m"], {})
    assert {name: getattr(page.data[0], name) for name in told} == told


@pytest.mark.parametrize("name", ["endpoint.recover", "endpoint.replay_missing"])
def test_old_servers_start_a_task_without_a_word(name: str) -> None:
    wire, takes = WIRE, parameters_of(name)
    wire.response = httpx2.Response(202)
    assert wire.called(name, fewest_arguments(takes), {}).id == ""


def test_a_payload_comes_back_as_it_is() -> None:
    wire = WIRE
    payload = {"m": "FILTERED", "n": 12345678901234567890123, "f": 1.5, "at": "2026-01-01T00:00:00"}
    wire.response = httpx2.Response(
        202, json=some_json(parameters_of("message.get").returns) | {"payload": payload}
    )
    assert wire.called("message.get", ["a", "m"], {"with_content": False}).payload == payload


HIDDEN = [
    EndpointSecretOut(key="whsec_t0ps3cret"),
    AppPortalAccessOut(url="https://t0ps3cret", token="t0ps3cret"),
    EndpointHeadersIn(headers={"authorization": "t0ps3cret"}),
    EndpointHeadersOut(headers={"authorization": "t0ps3cret"}),
    EndpointIn(url="u", secret="whsec_t0ps3cret", headers={"a": "t0ps3cret"}),
    MessageIn(event_type="t", payload={"card": "t0ps3cret"}),
]


@pytest.mark.parametrize("model", HIDDEN, ids=lambda model: type(model).__name__)
def test_no_repr_shows_a_secret(model: msgspec.Struct) -> None:
    assert "t0ps3cret" not in repr(model) + str(model) + str([model]) + repr(model.__rich_repr__())
    assert "=..." in repr(model)


def test_no_repr_shows_the_token() -> None:
    with Svix("testsk_t0ps3cret.eu") as svix:
        sender = svix.endpoint.sender
        shown = repr([svix, svix.endpoint, sender, sender._settings, svix.endpoint.get])
    assert "t0ps3cret" not in shown
    assert repr(svix) == "Svix('https://api.eu.svix.com')"
