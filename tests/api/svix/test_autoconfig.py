"""AutoConfig: a token configures a receiver or a consumer, and the official SDK sends the same requests."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx2
import pytest
from svix import autoconfig as sdk
from svix import models as sdk_models
from svix.api.errors.http_error import HttpError

from tests.api.fake_server import Asked, StandIn
from tests.rows import rows
from webhook_verify import APIError, InvalidSecret, Receiver, RejectedDelivery, Signer
from webhook_verify.api.svix import (
    AsyncAutoConfig,
    AsyncAutoConfigConsumer,
    AutoConfig,
    AutoConfigConsumer,
    EndpointIn,
    SinkInCommon,
    StartingPosition,
)
from webhook_verify.receiver import RequestHead

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TIMES = {"createdAt": "2026-11-21T08:00:00Z", "updatedAt": "2026-11-21T08:00:00Z"}
ENDPOINT = {
    "id": "ep_1", "url": "https://a.example", "description": "", "metadata": {}, "disabled": False, **TIMES
}  # fmt: skip
DESTINATION = {
    "id": "dest_1", "type": "pollingEndpoint", "config": {}, "status": "enabled", "currentIterator": "",
    "batchSize": 1, "maxWaitSecs": 0, "metadata": {}, **TIMES,
}  # fmt: skip
SUBSCRIPTION = {
    "id": "sub_1", "tokenCensored": "auto_v2_ab***", "status": "active", "destId": "dest_1",
    "createdAt": TIMES["createdAt"],
}  # fmt: skip
MESSAGE = {
    "id": "msg_1", "offset": 7, "eventType": "a.b", "payload": {"n": 1}, "timestamp": TIMES["createdAt"]
}  # fmt: skip


def token(version: int, url: str = "https://api.eu.svix.com", **changes: object) -> str:
    own = {"eid": "ep_1"} if version == 1 else {"sid": "sub_1"}
    content = {"aid": "app_1", **own, "surl": url, "esec": SECRET, "tok": "sk_t0ps3cret", **changes}
    return f"auto_v{version}_" + b64encode(json.dumps(content).encode()).decode()


class Server(StandIn):
    """The API, which records its requests."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[str, str, Any]] = []

    def answer(self, asked: Asked) -> tuple[int, object]:
        assert asked.headers["authorization"] == "Bearer sk_t0ps3cret"
        self.requests.append((asked.method, asked.path, asked.json() if asked.body else None))
        if "/consumer/" in asked.path:
            commit = asked.path.endswith("/commit")
            return (204, None) if commit else (200, {"data": [MESSAGE], "done": True})
        if asked.path.endswith("/destination"):
            return 200, DESTINATION
        return 200, SUBSCRIPTION if asked.method == "GET" else ENDPOINT

    def recorded(self, call: Callable[[], object]) -> list[tuple[str, str, Any]]:
        self.requests.clear()
        with suppress(HttpError):
            call()
        return [*self.requests]


@pytest.mark.parametrize("version", [1, 2])
def test_the_verifier_has_the_secret_of_the_token(version: int) -> None:
    body = '{"ä": 1}'.encode()
    headers = Signer(SECRET).sign(body)
    with AutoConfig(token(version)) as config:
        receiver = Receiver(config.verifier)
    assert receiver.begin(RequestHead("POST", "/", headers)).finish(body).body == body
    with pytest.raises(RejectedDelivery):
        config.verifier.verify(body + b" ", headers)


@rows(
    "text",
    [
        *("", "auto_", "auto_v3_e30=", "whsec_abc", token(1)[8:], "auto_v1_", "auto_v1_%%%", "auto_v1_äöü"),
        *(
            "auto_v2_e30=",
            "auto_v2_W10=",
            "auto_v2_bnVsbA==",
            "auto_v2_/w==",
            token(2, esec=3),
            token(2, sid=""),
        ),
        *(
            token(1).replace("v1", "v2"),
            token(2).replace("v2", "v1"),
            token(2)[:-9],
            token(2, esec="whsec_?"),
        ),
    ],
)
@pytest.mark.parametrize("kind", [AutoConfig, AsyncAutoConfig])
def test_a_malformed_token_is_invalid_and_never_shown(text: str, kind: Any) -> None:
    with pytest.raises(InvalidSecret) as caught:
        kind(text)
    shown = str(caught.value) + repr(caught.value.__context__)
    assert "t0ps3cret" not in shown
    assert len(text) < 20 or text[8:] not in shown


def test_no_repr_shows_the_token() -> None:
    config = AutoConfig(token(2), EndpointIn(url="https://a.example"))
    shown = repr([config, config._token, config.client, config.verifier])
    assert "t0ps3cret" not in shown
    assert SECRET not in shown
    assert repr(config) == "AutoConfig('https://api.eu.svix.com')"
    with pytest.raises(TypeError, match="token must be a str"):
        AutoConfig(b"auto_v1_")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="endpoint is missing"):
        AutoConfig(token(2)).subscribe()


ENDPOINT_JSON = {"url": "https://a.example", "description": "d", "channels": ["c"], "eventTypes": ["a.b"]}
SINK_JSON = {"uid": "u", "eventTypes": ["a.b"], "channels": ["c"], "metadata": {"k": "v"}}


@pytest.mark.parametrize("version", [1, 2])
def test_a_receiver_subscribes_as_the_sdk_does(version: int) -> None:
    ours = EndpointIn(url="https://a.example", description="d", channels=["c"], event_types=["a.b"])
    with Server() as server:
        text = token(version, server.url)
        theirs = sdk.AutoConfig(text, sdk_models.EndpointIn.model_validate(ENDPOINT_JSON))
        expected = server.recorded(theirs.subscribe)
        theirs._httpx_client.close()  # type: ignore[union-attr]
        with AutoConfig(text, ours) as config:
            assert server.recorded(lambda: config.subscribe().id == "ep_1") == expected

        async def subscribe() -> None:
            async with AsyncAutoConfig(text, ours) as config:
                assert (await config.subscribe()).id == "ep_1"

        assert server.recorded(lambda: asyncio.run(subscribe())) == expected
    path = {1: "endpoint/ep_1/auto-config", 2: "autoconfig/sub_1/endpoint"}[version]
    body = {1: {"endpoint": ENDPOINT_JSON}, 2: ENDPOINT_JSON}[version]
    assert expected == [("PUT", f"/api/v1/app/app_1/{path}", body)]


@pytest.mark.parametrize("version", [1, 2])
def test_a_consumer_sends_what_the_sdk_sends(version: int) -> None:
    """Subscribe, receive and commit: a token of version 2 remembers the id of its polling endpoint."""
    sink = SinkInCommon(uid="u", event_types=["a.b"], channels=["c"], metadata={"k": "v"})
    with Server() as server:
        text = token(version, server.url)
        theirs = sdk.AutoConfigConsumer(text, sdk_models.SinkInCommon.model_validate(SINK_JSON))

        def all_of_theirs() -> None:
            theirs.subscribe()
            assert theirs.receive("c/1".replace("/", "-")).data[0].offset == 7
            theirs.commit("c-1", 7)

        def all_of_ours() -> None:
            with AutoConfigConsumer(text, sink) as config:
                config.subscribe()
                assert config.receive("c-1").data[0].offset == 7
                config.commit("c-1", 7)

        async def all_of_ours_async() -> None:
            async with AsyncAutoConfigConsumer(text, sink) as config:
                await config.subscribe()
                assert (await config.receive("c-1")).data[0].offset == 7
                await config.commit("c-1", 7)

        expected = server.recorded(all_of_theirs)
        theirs._httpx_client.close()  # type: ignore[union-attr]
        assert len(expected) == 3
        assert server.recorded(all_of_ours) == expected
        assert server.recorded(lambda: asyncio.run(all_of_ours_async())) == expected


def test_a_consumer_of_version_2_reads_the_id_once() -> None:
    with Server() as server, AutoConfigConsumer(token(2, server.url)) as config:
        position = StartingPosition.EARLIEST
        config.receive("c/1", limit=5, lease_duration_ms=100, starting_position=position)
        config.receive("c")
        paths = [path for _, path, _ in server.requests]
    at = "/api/v1/app/app_1/polling-endpoint/dest_1/consumer"
    query = "limit=5&lease_duration_ms=100&starting_position=earliest"
    assert paths == ["/api/v1/app/app_1/autoconfig/sub_1", f"{at}/c%2F1?{query}", f"{at}/c"]


def test_a_consumer_that_has_not_subscribed_is_told_to() -> None:
    def pending(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={**SUBSCRIPTION, "destId": None, "status": "pending"})

    http = httpx2.Client(transport=httpx2.MockTransport(pending))
    with (
        AutoConfigConsumer(token(2), http_client=http) as config,
        pytest.raises(APIError, match=r"pending: call subscribe\(\) first"),
    ):
        config.commit("c", 7)
