"""Requests that a server on the developer's machine rejects: other hosts, and requests of web pages."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.rows import rows
from webhook_verify.cli.local_access import LocalAccess, LocalOnly

ON_LOOPBACK = LocalAccess("127.0.0.1")
BY_TUNNEL = LocalAccess("127.0.0.1", "https://abc.tunnel.example/hooks")
ON_EVERYTHING = LocalAccess("0.0.0.0")


def reason(access: LocalAccess, headers: Any) -> str:
    """Return why the request is refused, "" if it is not."""
    refusal = access.refusal(headers)
    return "" if refusal is None else refusal.reason


# --- the host --------------------------------------------------------------------------------------------

OWN = [
    "localhost ",
    "localhost",
    "LocalHost:4242",
    "127.0.0.1",
    "127.0.0.1:4242",
    "127.0.0.2:1",
    "[::1]",
    "[::1]:4242",
    "[0:0:0:0:0:0:0:1]:4242",
    "[::ffff:127.0.0.1]",
]
FOREIGN = [
    "",
    ":4242",
    "evil.example",
    "evil.example:4242",
    "abc.tunnel.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1.nip.io:4242",
    "localhost.",
    "evil.localhost",
    "localhost, evil.example",
    "localhost@evil.example",
    "evil.example#localhost",
    "localhost:4242:4242",
    "localhost:x",
    "http://localhost",
    "0.0.0.0:4242",
    "[::]:4242",
    "0",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "::1",
    "[::1",
    "[127.0.0.1]",
    "[::1%25lo]",
    "192.0.2.1",
    "169.254.169.254",
    "[::ffff:192.0.2.1]",
    "loca\u0142host",
    "\uff4cocalhost",
]


@rows("host", OWN)
def test_this_machine_is_its_own_host_at_every_port(host: str) -> None:
    for access in (ON_LOOPBACK, BY_TUNNEL, ON_EVERYTHING):
        assert reason(access, {"host": host}) == ""
        assert reason(access, [(b"Host", host.encode())]) == ""


@rows("host", FOREIGN)
def test_any_other_host_is_foreign(host: str) -> None:
    assert reason(ON_LOOPBACK, {"host": host}) == "foreign_host"


def test_no_host_and_two_of_them_are_foreign() -> None:
    assert reason(ON_LOOPBACK, {}) == "foreign_host"
    assert reason(ON_LOOPBACK, [(b"host", b"localhost"), (b"host", b"evil.example")]) == "foreign_host"
    assert reason(ON_LOOPBACK, [(b"host", b"evil.example"), (b"host", b"localhost")]) == "foreign_host"


@rows("name", ["x-forwarded-host", "forwarded", "x-host", ":authority"])
def test_no_other_header_names_the_host(name: str) -> None:
    assert reason(ON_LOOPBACK, {name: "localhost"}) == "foreign_host"
    assert reason(ON_LOOPBACK, {"host": "evil.example", name: "localhost"}) == "foreign_host"
    assert reason(ON_LOOPBACK, {"host": "localhost", name: "evil.example"}) == ""


@rows(
    ("public_url", "host", "expected"),
    [
        ("https://abc.tunnel.example", "abc.tunnel.example", ""),
        ("https://abc.tunnel.example/hooks", "ABC.tunnel.example:443", ""),
        ("https://ABC.tunnel.example:8443", "abc.tunnel.example", ""),
        ("http://[2001:DB8::1]:80", "[2001:db8::1]", ""),
        ("https://abc.tunnel.example", "other.tunnel.example", "foreign_host"),
        ("https://abc.tunnel.example", "tunnel.example", "foreign_host"),
        ("https://abc.tunnel.example", "abc.tunnel.example.evil.example", "foreign_host"),
    ],
)
def test_the_host_of_the_public_url_is_accepted(public_url: str, host: str, expected: str) -> None:
    assert reason(LocalAccess("127.0.0.1", public_url), {"host": host}) == expected


@rows(
    ("bound", "host", "expected"),
    [
        ("192.0.2.7", "192.0.2.7:4242", ""),
        ("192.0.2.7", "192.0.2.8:4242", "foreign_host"),
        ("fe80::1%eth0", "[fe80::1]:4242", ""),
        ("0.0.0.0", "192.0.2.8:4242", ""),
        ("::", "192.0.2.8:4242", ""),
        ("::", "[2001:db8::1]:4242", ""),
        ("0.0.0.0", "evil.example:4242", "foreign_host"),
        ("0.0.0.0", "0.0.0.0:4242", "foreign_host"),
        ("::", "[::]:4242", "foreign_host"),
    ],
)
def test_the_bound_address_is_accepted(bound: str, host: str, expected: str) -> None:
    """With every address bound, every address may be ours. A name may be the attacker's in any case."""
    assert reason(LocalAccess(bound), {"host": host}) == expected


# --- the page that a browser shows -------------------------------------------------------------------------


@rows(
    ("host", "headers", "expected"),
    [
        ("localhost:4242", {"origin": "http://localhost:4242"}, ""),
        ("LOCALHOST:4242", {"origin": "http://localhost:4242"}, ""),
        ("localhost", {"origin": "http://localhost"}, ""),
        ("localhost:80", {"origin": "http://localhost"}, ""),
        ("abc.tunnel.example", {"origin": "https://abc.tunnel.example"}, ""),
        ("localhost:4242", {"origin": "http://localhost:4242", "sec-fetch-site": "same-origin"}, ""),
        ("localhost:4242", {"sec-fetch-site": "none"}, ""),
        ("localhost:4242", {"origin": "http://evil.example"}, "cross_site"),
        ("localhost:4242", {"origin": "http://evil.example:4242"}, "cross_site"),
        ("localhost:4242", {"origin": "http://localhost:3000"}, "cross_site"),
        ("localhost:4242", {"origin": "http://127.0.0.1:4242"}, "cross_site"),
        ("localhost:4242", {"origin": "http://localhost:4242.evil.example"}, "cross_site"),
        ("localhost:4242", {"origin": "http://localhost"}, "cross_site"),
        ("localhost", {"origin": "https://localhost:80"}, "cross_site"),
        ("localhost:4242", {"origin": "null"}, "cross_site"),
        ("localhost:4242", {"origin": ""}, "cross_site"),
        ("localhost:4242", {"origin": "localhost:4242"}, "cross_site"),
        ("localhost:4242", {"origin": "file://"}, "cross_site"),
        ("localhost:4242", {"origin": "chrome-extension://localhost:4242"}, "cross_site"),
        ("localhost:4242", {"origin": "http://localhost:4242 http://evil.example"}, "cross_site"),
        ("localhost:4242", {"sec-fetch-site": "cross-site"}, "cross_site"),
        ("localhost:4242", {"sec-fetch-site": "same-site"}, "cross_site"),
        ("localhost:4242", {"sec-fetch-site": ""}, "cross_site"),
        ("localhost:4242", {"sec-fetch-site": "same-origin, none"}, "cross_site"),
        (
            "localhost:4242",
            {"origin": "http://localhost:4242", "sec-fetch-site": "cross-site"},
            "cross_site",
        ),
        (
            "localhost:4242",
            {"origin": "http://evil.example", "sec-fetch-site": "same-origin"},
            "cross_site",
        ),
        ("evil.example:4242", {"origin": "http://evil.example:4242"}, "foreign_host"),
        ("evil.example:4242", {"sec-fetch-site": "same-origin"}, "foreign_host"),
    ],
)
def test_a_page_of_another_origin_is_refused(host: str, headers: dict[str, str], expected: str) -> None:
    assert reason(BY_TUNNEL, {"host": host, **headers}) == expected


def test_two_origins_are_refused() -> None:
    origins = [(b"origin", b"http://localhost"), (b"origin", b"http://evil.example")]
    assert reason(ON_LOOPBACK, [(b"host", b"localhost"), *origins])


def test_an_unreadable_public_url_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="Invalid IPv6"):
        LocalAccess("127.0.0.1", "https://[::1")


# --- in front of an application -----------------------------------------------------------------------------


def messages_of(kind: str, host: bytes) -> list[dict[str, Any]]:
    """Return what the application and the rules in front of it send."""
    sent: list[dict[str, Any]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "passed on"})

    async def receive() -> dict[str, Any]:
        raise AssertionError("the body of a refused request is read")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": kind, "method": "POST", "headers": [(b"host", host)]}
    asyncio.run(LocalOnly(application, ON_LOOPBACK)(scope, receive, send))
    return sent


def test_an_application_gets_only_what_is_not_refused() -> None:
    for kind in ("http", "websocket"):
        assert messages_of(kind, b"localhost") == [{"type": "passed on"}]
    assert messages_of("lifespan", b"") == [{"type": "passed on"}]

    start, body = messages_of("http", b"evil.example")
    assert (start["status"], body["body"]) == (403, b'{"result":"forbidden"}')
    assert messages_of("websocket", b"evil.example") == [{"type": "websocket.close", "code": 1008}]
