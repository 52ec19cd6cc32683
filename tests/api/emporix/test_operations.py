"""Features of Emporix: patches, partial results, versions, and responses of several shapes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from openapi_core.testing import MockRequest

from tests.api.emporix.operations import ASYNC_WIRE, WIRE
from tests.api.emporix.test_spec import SERVER, SPECIFICATION
from webhook_verify import APIStatusError
from webhook_verify.api.emporix import (
    DashboardAccess,
    Emporix,
    EventConfiguration,
    HttpConfigIn,
    HttpConfiguration,
    MultiStatus,
    Provider,
    SubscriptionAction,
    SubscriptionChange,
    SubscriptionResult,
    SvixConfiguration,
    http_headers,
    patch,
)

both = pytest.mark.parametrize("wire", [WIRE, ASYNC_WIRE], ids=["blocking", "asyncio"])

HTTP = "/configuration/http"
BY_TYPE = HTTP + "/eventsConfiguration/order.created"
ENTRY = HTTP + "/eventsConfigurationEntry/e1"
WRAPPED = {"x-a": {"value": "1"}}
ORDER = EventConfiguration(event_type="order.created", destination_url="u")
ORDER_SENT = {"eventType": "order.created", "destinationUrl": "u"}
by_type, entry = patch.event_type("order.created"), patch.entry("e1")

PATCHES: list[tuple[patch.PatchOperation, str, str, Any]] = [
    (patch.active(True), "UPSERT", "/active", True),
    (patch.configuration(SvixConfiguration(api_key="k")), "UPSERT", "/configuration", {"apiKey": "k"}),
    (patch.configuration(None), "REMOVE", "/configuration", None),
    (patch.svix_api_key("k"), "UPSERT", "/configuration/svix/apiKey", "k"),
    (patch.http.headers({"x-a": "1"}), "UPSERT", HTTP + "/headers", WRAPPED),
    (patch.http.headers({}), "REMOVE", HTTP + "/headers", None),
    (patch.http.headers(None), "REMOVE", HTTP + "/headers", None),
    (patch.http.destination_url("u"), "UPSERT", HTTP + "/destinationUrl", "u"),
    (patch.http.secret_key("s"), "UPSERT", HTTP + "/secretKey", "s"),
    (patch.http.secret_key(None), "REMOVE", HTTP + "/secretKey", None),
    (patch.http.events_configuration([ORDER]), "UPSERT", HTTP + "/eventsConfiguration", [ORDER_SENT]),
    (patch.http.events_configuration([]), "REMOVE", HTTP + "/eventsConfiguration", None),
    (by_type.replace(ORDER), "UPSERT", BY_TYPE, ORDER_SENT),
    (by_type.replace(None), "REMOVE", BY_TYPE, None),
    (by_type.destination_url("u"), "UPSERT", BY_TYPE + "/destinationUrl", "u"),
    (by_type.secret_key("s"), "UPSERT", BY_TYPE + "/secretKey", "s"),
    (by_type.headers({"x-a": "1"}), "UPSERT", BY_TYPE + "/headers", WRAPPED),
    (patch.add_entry(ORDER), "UPSERT", HTTP + "/eventsConfigurationEntry", ORDER_SENT),
    (entry.replace(ORDER), "UPSERT", ENTRY, ORDER_SENT),
    (entry.replace(None), "REMOVE", ENTRY, None),
    (entry.destination_url("u"), "UPSERT", ENTRY + "/destinationUrl", "u"),
    (entry.secret_key(None), "REMOVE", ENTRY + "/secretKey", None),
    (entry.headers({}), "REMOVE", ENTRY + "/headers", None),
    (entry.filter("$[?(@.a)]"), "UPSERT", ENTRY + "/filter", "$[?(@.a)]"),
    (entry.excluded_fields([]), "UPSERT", ENTRY + "/excludedFields", []),  # excludes nothing
    (entry.excluded_fields(None), "REMOVE", ENTRY + "/excludedFields", None),  # inherits
    (entry.name("n"), "UPSERT", ENTRY + "/name", "n"),
    (entry.active(False), "UPSERT", ENTRY + "/active", False),
]


@pytest.mark.parametrize(("change", "op", "path", "value"), PATCHES, ids=range(len(PATCHES)))
def test_each_patch(change: patch.PatchOperation, op: str, path: str, value: Any) -> None:
    WIRE.response = httpx2.Response(204)
    WIRE.called("config.patch", ["http", [change]], {})
    sent = json.loads(WIRE.request.content)
    assert sent == [{"op": op, "path": path, **({} if value is None else {"value": value})}]
    if SPECIFICATION.path.exists():
        where = "/webhook/acme/config/http"
        SPECIFICATION.openapi.validate_request(MockRequest(SERVER, "patch", where, data=WIRE.request.content))


def test_every_path_of_the_specification_has_its_function() -> None:
    schema = SPECIFICATION.document["components"]["schemas"]["WebhookConfigPartialUpdate"]
    assert {path for _, _, path, _ in PATCHES} == set(schema["properties"]["path"]["enum"])


BAD: list[Callable[[], object]] = [
    lambda: patch.event_type("a/b"),
    lambda: patch.entry(""),
    lambda: patch.add_entry(EventConfiguration(id="e1")),
    lambda: WIRE.called("config.patch", ["http", []], {}),
    lambda: WIRE.called("event_subscriptions.list", [], {"language": "de\r\nx: y"}),
]


@pytest.mark.parametrize("make", BAD, ids=range(len(BAD)))
def test_what_the_server_would_refuse_or_misread_is_refused_here(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"slash|which the server assigns|empty|printable"):
        make()


LISTS: list[tuple[int, Any, list[str]]] = [
    (200, [{"code": "a", "provider": "SVIX_SHARED", "active": True}], ["a"]),
    (200, {"configs": [{"code": "a", "provider": "HTTP", "configuration": {}, "version": 3}]}, ["a"]),
    (200, [], []),
    (200, {}, []),
    (404, {"code": 404, "status": "Not Found"}, []),
]


@both
@pytest.mark.parametrize(("status", "answer", "codes"), LISTS, ids=range(len(LISTS)))
def test_a_list_has_several_shapes(wire: Any, status: int, answer: Any, codes: list[str]) -> None:
    wire.response = httpx2.Response(status, json=answer)
    assert [each.code for each in wire.called("config.list", [], {})] == codes


def test_a_new_provider_is_kept_and_a_misspelled_name_is_right() -> None:
    WIRE.response = httpx2.Response(200, json={"provider": "KAFKA"})
    assert WIRE.called("config.retrieve", ["k"], {}).provider == "KAFKA"
    assert Provider.HTTP == "HTTP"
    month = {"statisticsMonth": "2026-11", "succesfullySentWebhooks": 7}
    WIRE.response = httpx2.Response(200, json={"monthStatistics": [month], "webhooksLimit": 5000})
    told = WIRE.called("statistics.retrieve", [], {"from_year_month": "2026-01"})
    assert told.month_statistics[0].successfully_sent_webhooks == 7
    assert WIRE.request.url.query == b"fromYearMonth=2026-01"


def test_delete_by_force_and_answers_with_a_body() -> None:
    WIRE.response = httpx2.Response(202, json={"anything": 1})
    assert WIRE.called("config.delete", ["h"], {"force": True}) is None
    assert WIRE.request.url.query == b"force=true"


FAULT = {"fault": {"faultstring": "Invalid", "detail": {"errorcode": "oauth.v2.X"}}}
ERROR = {"code": 400, "status": "Bad Request", "message": "no", "details": ["destinationUrl: gone", "x"]}
ERRORS: list[tuple[int, Any, str | None, str, tuple[tuple[str, str], ...]]] = [
    (401, FAULT, "oauth.v2.X", "Invalid", ()),
    (403, {"fault": {}}, None, "", ()),
    (400, ERROR, "Bad Request", "no", (("destinationUrl", "gone"), ("", "x"))),
    (400, {"status": "Bad Request", "details": ["a: b"]}, "Bad Request", "a: b", (("a", "b"),)),
    (500, {"message": "m"}, None, "m", ()),
    (502, "<html>", None, "", ()),
]


@pytest.mark.parametrize(("status", "body", "code", "detail", "problems"), ERRORS, ids=range(len(ERRORS)))
def test_errors_of_both_shapes(status: int, body: Any, code: Any, detail: str, problems: Any) -> None:
    WIRE.response = httpx2.Response(status, json=body)
    with pytest.raises(APIStatusError) as raised:
        WIRE.called("config.retrieve", ["h"], {})
    assert (raised.value.code, raised.value.detail, raised.value.problems) == (code, detail, problems)


def test_a_207_is_a_result_that_can_be_raised() -> None:
    parts = [
        {"eventType": "a", "code": 200, "status": "OK"},
        {"eventType": "b", "code": 409, "status": "CONFLICT", "message": "stale"},
        {"eventType": "c"},
    ]
    WIRE.response = httpx2.Response(207, json=parts)
    told: MultiStatus = WIRE.called("event_subscriptions.manage", [[SubscriptionChange(event_type="a")]], {})
    assert [each.event_type for each in told.failed] == ["b", "c"]
    with pytest.raises(APIStatusError, match="2 of 3 changes failed: b: 409 CONFLICT stale") as raised:
        told.raise_for_failures()
    assert raised.value.status == 207
    assert raised.value.problems == (("b", "409 CONFLICT stale"), ("c", ""))
    MultiStatus(results=[SubscriptionResult(code=200)]).raise_for_failures()
    WIRE.response = httpx2.Response(200)
    assert WIRE.called("event_subscriptions.manage", [[]], {}).results == []


class Versions:
    """Has versions that move on ``moves`` times just before a change arrives."""

    def __init__(self, moves: int, *, whole: bool) -> None:
        self.version, self.moves, self.whole, self.calls = 1, moves, whole, list[str]()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/oauth/token":
            return httpx2.Response(200, json={"access_token": "t0k3n"})
        self.calls.append(request.method)
        if request.method == "GET":
            known = {"event": {"type": "a"}, "metadata": {"version": self.version}}
            return httpx2.Response(200, json=[known, {"event": {"type": "new"}, "metadata": {}}, {}])
        if self.moves:
            self.version, self.moves = self.version + 1, self.moves - 1
            if self.whole:
                return httpx2.Response(409, json={"code": 409, "status": "Conflict"})
        return httpx2.Response(207, json=[*map(self._changed, json.loads(request.content))])

    def _changed(self, change: dict[str, Any]) -> dict[str, Any]:
        known = self.version if change["eventType"] == "a" else None
        is_good = change.get("metadata", {}).get("version") == known
        return {"eventType": change["eventType"], "code": 200 if is_good else 409}


CHANGES = [SubscriptionChange(event_type=each, action=SubscriptionAction.SUBSCRIBE) for each in ("a", "new")]


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("moves", [0, 1, 2, 9])
def test_a_conflict_is_read_again_twice(moves: int, whole: bool) -> None:
    server = Versions(moves, whole=whole)
    http = httpx2.Client(transport=httpx2.MockTransport(server))
    with Emporix("acme", "me", "s", http_client=http) as emporix:
        if whole and moves > 2:
            with pytest.raises(APIStatusError, match="409 Conflict"):
                emporix.event_subscriptions.apply(CHANGES)
        else:
            told = emporix.event_subscriptions.apply(CHANGES)
            assert sorted(str(each.event_type) for each in told.results) == ["a", "new"]
            assert [each.event_type for each in told.failed] == (["a"] if moves > 2 else [])
    assert server.calls == ["GET", "PATCH"] * min(moves + 1, 3)


HIDDEN: list[object] = [
    DashboardAccess(url="https://t0ps3cret", token="t0ps3cret"),
    HttpConfigIn(code="h", configuration=HttpConfiguration(secret_key="t0ps3cret")),
    HttpConfiguration(headers=http_headers({"a": "t0ps3cret"})),
    SvixConfiguration(api_key="t0ps3cret"),
    EventConfiguration(secret_key="t0ps3cret"),
    patch.http.secret_key("t0ps3cret"),
    http_headers({"a": "t0ps3cret"}),
]


@pytest.mark.parametrize("model", HIDDEN, ids=range(len(HIDDEN)))
def test_no_repr_shows_a_secret(model: object) -> None:
    assert "t0ps3cret" not in repr(model)
