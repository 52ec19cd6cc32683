"""Configuration of a client, and its effect on each request."""

from __future__ import annotations

import asyncio
import platform
import sys
from typing import Any

import httpx2
import pytest

from tests import processes
from tests.api.server import Script, answer
from webhook_verify import APIConnectionError, __version__
from webhook_verify.api.svix import AsyncSvix, MessageIn, Svix

MESSAGE = MessageIn(event_type="t", payload={})
both = pytest.mark.parametrize("make", [Svix, AsyncSvix])

SERVERS = [
    ("tok", None, "https://api.svix.com"),
    ("testsk_x.eu", None, "https://api.eu.svix.com"),
    ("testsk_x.us", None, "https://api.us.svix.com"),
    ("testsk_x.in", None, "https://api.in.svix.com"),
    ("testsk_x.ca", None, "https://api.ca.svix.com"),
    ("testsk_x.au", None, "https://api.au.svix.com"),
    ("a.us.b.eu", None, "https://api.eu.svix.com"),
    ("a.eu.b", None, "https://api.svix.com"),
    ("a.evil", None, "https://api.svix.com"),
    ("eu", None, "https://api.eu.svix.com"),
    ("tok.eu", "https://svix.example.com", "https://svix.example.com"),
    ("tok.eu", "https://svix.example.com/", "https://svix.example.com"),
    ("tok.eu", "https://svix.example.com///", "https://svix.example.com"),
    ("tok.eu", "https://svix.example.com:8071/a/b//", "https://svix.example.com:8071/a/b"),
]


@both
@pytest.mark.parametrize(("token", "server_url", "base"), SERVERS)
def test_where_the_api_is(make: Any, token: str, server_url: str | None, base: str) -> None:
    assert make(token, server_url=server_url).endpoint.sender.base_url == base


def test_a_prefix_goes_into_the_path_and_no_slash_is_doubled() -> None:
    with Script(answer(204)) as script, Svix("t", server_url=script.url + "/prefix//") as svix:
        svix.health.get()
    assert script.received[0].target == "/prefix/api/v1/health"


MISUSE: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"token": ""}, ValueError, "token is empty"),
    ({"token": " \n"}, ValueError, "token is empty"),
    ({"token": None}, TypeError, "token must be a str, not 'NoneType'"),
    ({"token": "a\r\nx: y"}, ValueError, "not printable ASCII"),
    ({"token": "tökén"}, ValueError, "not printable ASCII"),
    ({"server_url": "api.svix.com"}, ValueError, "https://"),
    ({"server_url": "ftp://api.svix.com"}, ValueError, "https://"),
    ({"server_url": "https://"}, ValueError, "a host"),
    ({"server_url": "https://a:b@api.svix.com"}, ValueError, "not contain a user"),
    ({"server_url": "https://api.svix.com?a=b"}, ValueError, "not contain .* a query"),
    ({"server_url": "https://api.svix.com#a"}, ValueError, "not contain .* a fragment"),
    ({"server_url": b"https://api.svix.com"}, TypeError, "server_url must be a str, not 'bytes'"),
    ({"timeout": 0}, ValueError, "must be positive"),
    ({"timeout": -1}, ValueError, "must be positive"),
    ({"timeout": float("inf")}, ValueError, "finite"),
    ({"timeout": float("nan")}, ValueError, "finite"),
    ({"timeout": "5"}, TypeError, "timeout must be a number"),
    ({"timeout": True}, TypeError, "timeout must be a number"),
    ({"retries": -1}, ValueError, "at least 0"),
    ({"retries": 1.5}, TypeError, "retries must be an int"),
    ({"retries": True}, TypeError, "retries must be an int"),
    ({"max_response_bytes": 0}, ValueError, "at least 1"),
    ({"http_client": 7}, TypeError, "http_client must be an httpx2"),
]


@both
@pytest.mark.parametrize(("options", "kind", "text"), MISUSE, ids=str)
def test_misuse_is_told_in_the_constructor(
    make: Any, options: dict[str, Any], kind: type[Exception], text: str
) -> None:
    with pytest.raises(kind, match=text) as raised:
        make(**{"token": "t", **options})
    assert "x: y" not in str(raised.value)
    assert "a:b@" not in str(raised.value)


def test_each_client_takes_the_transport_of_its_world() -> None:
    with httpx2.Client() as http, pytest.raises(TypeError, match=r"AsyncClient, not 'Client'"):
        AsyncSvix("t", http_client=http)  # type: ignore[arg-type]


CALLS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"idempotency_key": "auto_1"}, ValueError, "auto_"),
    ({"idempotency_key": " "}, ValueError, "empty"),
    ({"idempotency_key": "a\nb"}, ValueError, "printable"),
    ({"idempotency_key": 7}, TypeError, "a str"),
    ({"timeout": -1}, ValueError, "must be positive"),
]


@pytest.mark.parametrize(("options", "kind", "text"), CALLS, ids=str)
def test_misuse_of_a_call_is_told_before_anything_is_sent(
    options: dict[str, Any], kind: type[Exception], text: str
) -> None:
    with Script(answer(204)) as script, Svix("t", server_url=script.url) as svix:
        with pytest.raises(kind, match=text):
            svix.message.create("a", MESSAGE, **options)
        with pytest.raises(TypeError, match="unexpected keyword argument 'idempotency_key'"):
            svix.application.get("a", idempotency_key="k")  # type: ignore[call-arg]
    assert script.received == []


def test_what_every_request_says() -> None:
    with Script(answer(204)) as script, Svix(" t0k3n\n", server_url=script.url) as svix:
        svix.health.get()
        svix.message_attempt.resend("a", "m", "e", idempotency_key="order-17")
    get, post = (request.headers for request in script.received)
    assert get["authorization"] == "Bearer t0k3n"
    assert get["user-agent"] == f"webhook-verify/{__version__} python/{platform.python_version()}"
    assert get["accept"] == "application/json"
    assert get["svix-req-id"].isdecimal()
    assert "content-type" not in get
    assert "idempotency-key" not in get
    assert (post["idempotency-key"], post["content-length"]) == ("order-17", "0")
    assert "content-type" not in post


def test_an_injected_client_brings_its_headers_and_hooks_and_is_closed() -> None:
    seen: list[str] = []
    hooks: dict[str, list[Any]] = {"request": [lambda request: seen.append(request.method)]}
    http = httpx2.Client(headers={"x-tenant": "7", "authorization": "Bearer other"}, event_hooks=hooks)
    with Script(answer(204)) as script, Svix("t", server_url=script.url, http_client=http) as svix:
        svix.health.get()
    assert script.received[0].headers["x-tenant"] == "7"
    assert script.received[0].headers["authorization"] == "Bearer t"
    assert seen == ["GET"]
    assert http.is_closed


@pytest.mark.filterwarnings("ignore::webhook_verify.InsecureURLWarning")
def test_a_proxy_comes_with_the_injected_client() -> None:
    with Script(answer(204)) as proxy:
        http = httpx2.Client(proxy=proxy.url)
        with Svix("t", server_url="http://svix.invalid", http_client=http) as svix:
            svix.health.get()
    assert proxy.received[0].target == "http://svix.invalid/api/v1/health"


def test_a_closed_client_says_so() -> None:
    with Svix("t") as svix:
        pass
    with pytest.raises(RuntimeError, match="the client is closed"):
        svix.health.get()

    async def run() -> None:
        async with AsyncSvix("t") as client:
            pass
        with pytest.raises(RuntimeError, match="the client is closed"):
            await client.health.get()

    asyncio.run(run())


def test_a_call_may_have_a_timeout_of_its_own() -> None:
    with pytest.raises(APIConnectionError), Svix("t", server_url="http://127.0.0.1:9", retries=0) as svix:
        svix.health.get(timeout=0.5)


@pytest.mark.parametrize("module", ["httpx2", "msgspec"])
def test_without_the_extra_the_import_names_it(module: str) -> None:
    code = f"import sys; sys.modules[{module!r}] = None; import webhook_verify.api.svix"
    done = processes.run([sys.executable, "-c", code], text=True, check=False)
    assert "pip install 'webhook-verify[api]'" in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("ImportError: ")
