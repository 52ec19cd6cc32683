"""Features of Lithic: POST without an idempotency key, cursors, widening updates, two names of a secret."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from tests.api.lithic.operations import ASYNC_WIRE, WIRE
from webhook_verify import APIDecodeError, APIStatusError
from webhook_verify.api.lithic import (
    AsyncLithic,
    AsyncLithicSecretSource,
    Event,
    EventSubscriptionChanges,
    EventSubscriptionIn,
    EventSubscriptionSecret,
    Lithic,
    LithicSecretSource,
)

both = pytest.mark.parametrize("wire", [WIRE, ASYNC_WIRE], ids=["blocking", "asyncio"])
NOW = {
    "token": "ep_1",
    "url": "https://a.example/hooks",
    "description": "d",
    "disabled": True,
    "event_types": ["card.created"],
    "debugging_request_id": "d1",
}


@both
def test_every_request_has_the_bare_key_and_no_idempotency_key(wire: Any) -> None:
    wire.response = httpx2.Response(201, json=NOW)
    wire.called("event_subscriptions.create", [EventSubscriptionIn(url="u")], {})
    assert wire.request.headers["authorization"] == "b4re-k3y"
    assert "idempotency-key" not in wire.request.headers
    assert json.loads(wire.request.content) == {"url": "u"}


WHOLE = {"url": NOW["url"], "description": "d", "disabled": True, "event_types": ["card.created"]}
CHANGES: list[tuple[EventSubscriptionChanges, dict[str, Any], dict[str, Any]]] = [
    (EventSubscriptionChanges(), NOW, WHOLE),
    (EventSubscriptionChanges(url="v"), NOW, {**WHOLE, "url": "v"}),
    (EventSubscriptionChanges(disabled=False), NOW, {**WHOLE, "disabled": False}),
    (EventSubscriptionChanges(description=""), NOW, {**WHOLE, "description": ""}),
    (EventSubscriptionChanges(event_types=["x"]), NOW, {**WHOLE, "event_types": ["x"]}),
    (EventSubscriptionChanges(event_types=None), NOW, {k: v for k, v in WHOLE.items() if k != "event_types"}),
    (
        EventSubscriptionChanges(url="v"),
        {**NOW, "event_types": None},  # as the documentation shows it
        {"url": "v", "description": "d", "disabled": True},
    ),
]


@both
@pytest.mark.parametrize(("changes", "now", "sent"), CHANGES, ids=range(len(CHANGES)))
def test_modify_widens_nothing_that_it_was_not_asked_to(wire: Any, changes: Any, now: Any, sent: Any) -> None:
    wire.response = httpx2.Response(200, json=now)
    assert wire.called("event_subscriptions.modify", ["ep_1", changes], {}).token == "ep_1"
    assert (wire.request.method, wire.request.url.path) == ("PATCH", "/v1/event_subscriptions/ep_1")
    assert json.loads(wire.request.content) == sent


@both
def test_modify_writes_nothing_if_it_cannot_read(wire: Any) -> None:
    wire.response = httpx2.Response(404, json={"message": "Not found", "debugging_request_id": "d7"})
    with pytest.raises(APIStatusError) as raised:
        wire.called("event_subscriptions.modify", ["ep_1", EventSubscriptionChanges()], {})
    assert (raised.value.status, raised.value.detail, raised.value.request_id) == (404, "Not found", "d7")
    assert wire.request.method == "GET"


@pytest.mark.parametrize(
    ("answer", "secret"),
    [({"secret": "a"}, "a"), ({"key": "b"}, "b"), ({"secret": "a", "key": "b"}, "a"), ({}, "")],
)
def test_a_secret_has_two_names(answer: Any, secret: str) -> None:
    WIRE.response = httpx2.Response(200, json=answer)
    assert WIRE.called("event_subscriptions.retrieve_secret", ["ep_1"], {}).secret == secret


def test_queries_and_the_body_of_an_example() -> None:
    WIRE.response = httpx2.Response(200, json={"data": [], "has_more": False})
    WIRE.called("events.list", [], {"event_types": ["b", "a"], "with_content": True, "page_size": 3})
    assert dict(WIRE.request.url.params) == {"event_types": "b,a", "with_content": "true", "page_size": "3"}
    WIRE.called("events.list", [], {"event_types": "card.created"})
    assert dict(WIRE.request.url.params) == {"event_types": "card.created"}
    WIRE.called("simulate.send_example", ["ep_1"], {"event_type": "card.created"})
    assert json.loads(WIRE.request.content) == {"event_type": "card.created"}


def pages(request: httpx2.Request) -> httpx2.Response:
    """Tokens 0 to 9, three a page; backwards, the page before."""
    after, before = (request.url.params.get(name) for name in ("starting_after", "ending_before"))
    end = int(before) if before else min(int(after or -1) + 4, 10)
    start = max(end - 3, 0) if before else int(after or -1) + 1
    data = [
        {"token": str(number), "created": "2026-11-21T08:00:00Z", "event_type": "t"}
        for number in range(start, end)
    ]
    return httpx2.Response(200, json={"data": data, "has_more": start > 0 if before else end < 10})


def client(answer: Any) -> Lithic:
    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    return Lithic("k", http_client=http, sleep=lambda _: None)


def test_pages_forwards_and_backwards() -> None:
    with client(pages) as lithic:
        assert [each.token for each in lithic.events.list()] == [*"0123456789"]
        assert [each.token for each in lithic.events.list(ending_before="7")] == [*"4561230"]


def test_a_cursor_that_stands_still_ends_the_list() -> None:
    stuck = {"data": [{"token": "x", "created": "2026-11-21T08:00:00Z", "event_type": "t"}], "has_more": True}
    with client(lambda request: httpx2.Response(200, json=stuck)) as lithic:
        for options in ({}, {"ending_before": "y"}):
            with pytest.raises(APIDecodeError, match="was already read"):
                list(lithic.events.list(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize(("status", "sent"), [(429, 4), (500, 1), (503, 1), (408, 1)])
def test_a_post_is_sent_again_only_where_nothing_was_done(status: int, sent: int) -> None:
    requests: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        requests.append(request)
        return httpx2.Response(status)

    with client(answer) as lithic, pytest.raises(APIStatusError):
        lithic.events.resend("msg_1", "ep_1")
    assert len(requests) == sent


@pytest.mark.parametrize("make", [Lithic, AsyncLithic])
def test_where_the_api_is(make: Any) -> None:
    assert repr(make("k")) == f"{make.__name__}('https://api.lithic.com')"
    assert repr(make("k", environment="sandbox")) == f"{make.__name__}('https://sandbox.lithic.com')"
    assert repr(make("k", server_url="https://a/b/")) == f"{make.__name__}('https://a/b')"
    for options in ({"api_key": ""}, {"environment": "test"}, {"server_url": "a"}, {"retries": -1}):
        with pytest.raises(ValueError, match=r"api_key|environment|server_url|retries"):
            make(**{"api_key": "k", **options})


def test_no_repr_and_no_message_shows_a_secret() -> None:
    echo = {"message": "bad key b4re-k3y", "debugging_request_id": "d"}
    WIRE.response = httpx2.Response(401, json=echo)
    with pytest.raises(APIStatusError) as raised:
        WIRE.called("events.retrieve", ["e"], {})
    event = {
        "token": "t",
        "created": "2026-11-21T08:00:00Z",
        "event_type": "t",
        "payload": {"pan": "b4re-k3y"},
    }
    WIRE.response = httpx2.Response(200, json=event)
    read: Event = WIRE.called("events.retrieve", ["e"], {})
    shown = [raised.value, str(raised.value), WIRE.client, read, EventSubscriptionSecret(secret="b4re-k3y")]
    assert "b4re-k3y" not in repr(shown)


def test_a_source_takes_the_client_of_its_world() -> None:
    with Lithic("k") as lithic:
        with pytest.raises(
            TypeError, match="client of AsyncLithicSecretSource must be an AsyncLithic, not 'Lithic'"
        ):
            AsyncLithicSecretSource(lithic, "ep_1")  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="id must not be ''"):
            LithicSecretSource(lithic, "")
