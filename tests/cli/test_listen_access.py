"""``listen`` and browsers, over real sockets: other hosts, forms and fetches of web pages are rejected."""

from __future__ import annotations

import socket
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.cli.listen_target import BODY, all_kept, signed
from tests.cli.listening import Listening, listening, post
from tests.cli.servers import Came, serving
from tests.processes import free_port
from tests.rows import rows
from tests.signing import SECRET
from tests.waiting import patience
from webhook_verify import Verifier
from webhook_verify.cli.demo import run as demo
from webhook_verify.cli.store.delivery_store import DeliveryStore, StoredDelivery, StoredVerdict

TUNNEL = "abc.tunnel.example"
Headers = list[tuple[str, str]]
Subject = tuple[Listening, Came, Path]
"""The process, the application behind it, and the file in which it keeps deliveries."""


def exchange(origin: str, headers: Headers, body: bytes = BODY, line: str = "POST /hooks HTTP/1.1") -> bytes:
    """Send the request as it is written here, and return the whole response."""
    host, _, port = origin.removeprefix("http://").partition("/")[0].rpartition(":")
    lines = [line, *(f"{name}: {value}" for name, value in headers)]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    with socket.create_connection((host, int(port)), timeout=patience(20)) as connection:
        connection.sendall("\r\n".join(lines).encode("latin-1") + body)
        response = b""
        while chunk := connection.recv(65536):
            response += chunk
    return response


def status(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Generator[Subject]:
    """Run ``listen`` behind a tunnel, with an application behind it."""
    store = tmp_path_factory.mktemp("listen") / "kept.sqlite"
    with (
        serving(lambda headers, body: (200, b"handled")) as app,
        listening(store, "--forward", app.url, "--public-url", f"https://{TUNNEL}", secret=SECRET) as one,
    ):
        yield one, app, store


def _passed(app: Came, store: Path) -> tuple[int, int]:
    """Return how many requests the application has got, and how many are kept."""
    return len(app.requests), len(all_kept(store))


pytestmark = [pytest.mark.server, pytest.mark.xdist_group("listen access")]


@rows(
    ("more", "reason"),
    [
        ([("Host", "evil.example")], "foreign_host"),
        ([("Host", "evil.example:4242")], "foreign_host"),
        ([("Host", "127.0.0.1.nip.io")], "foreign_host"),
        ([("Host", "localhost."), ("X-Forwarded-Host", "localhost")], "foreign_host"),
        ([("Host", "0.0.0.0:4242")], "foreign_host"),
        ([("Host", f"{TUNNEL}.evil.example")], "foreign_host"),
        ([("Host", "")], "foreign_host"),
        ([("Host", "evil.example"), ("Origin", "http://evil.example")], "foreign_host"),
        ([("Host", "localhost"), ("Origin", "https://evil.example")], "cross_site"),
        ([("Host", "localhost"), ("Origin", "http://localhost:3000")], "cross_site"),
        ([("Host", "localhost"), ("Origin", "null")], "cross_site"),
        ([("Host", "localhost"), ("Sec-Fetch-Site", "cross-site")], "cross_site"),
        ([("Host", "localhost"), ("Sec-Fetch-Site", "same-site")], "cross_site"),
    ],
)
def test_a_page_cannot_deliver_even_with_a_right_signature(
    listener: Subject, more: Headers, reason: str
) -> None:
    one, app, store = listener
    before = _passed(app, store)
    response = exchange(one.origin, [*signed().items(), *more])
    told = one.told()

    assert status(response) == 403
    assert response.endswith(b'\r\n\r\n{"result":"forbidden"}')
    assert b"access-control" not in response.lower()
    assert (told["verdict"], told["reason"], told["status"]) == ("rejected", reason, 403)
    assert (told["number"], told["body_bytes"]) == (None, None)
    assert _passed(app, store) == before


@rows(
    ("line", "more"),
    [
        (
            "POST / HTTP/1.1",
            [("Origin", "https://evil.example"), ("Content-Type", "application/x-www-form-urlencoded")],
        ),
        ("POST / HTTP/1.1", [("Origin", "null"), ("Content-Type", "text/plain")]),
        (
            "OPTIONS / HTTP/1.1",
            [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST")],
        ),
        (
            "GET /?challenge=abc123 HTTP/1.1",
            [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")],
        ),
        ("PUT / HTTP/1.1", [("Sec-Fetch-Site", "cross-site")]),
    ],
    ids=["form", "sandboxed form", "preflight", "image", "fetch"],
)
def test_what_a_page_can_send_is_refused_by_every_method(listener: Subject, line: str, more: Headers) -> None:
    one, app, store = listener
    before = _passed(app, store)
    response = exchange(one.origin, [("Host", "localhost"), *more], b"a=1", line)

    assert status(response) == 403
    assert b"access-control" not in response.lower()
    assert one.told()["reason"] == "cross_site"
    assert _passed(app, store) == before


@rows(
    ("line", "more"),
    [
        ("POST / HTTP/1.1", []),
        ("POST / HTTP/1.1", [("Host", "localhost"), ("Host", "evil.example")]),
        ("POST / HTTP/1.0", []),
    ],
    ids=["no host", "two hosts", "no host in HTTP 1.0"],
)
def test_a_request_without_one_host_is_refused(listener: Subject, line: str, more: Headers) -> None:
    one, app, store = listener
    before = _passed(app, store)
    code = status(exchange(one.origin, [*signed().items(), *more], BODY, line))

    assert code == (403 if line.endswith("1.0") else 400)  # in HTTP/1.1 the server itself requires one
    if code == 403:
        assert one.told()["reason"] == "foreign_host"
    assert _passed(app, store) == before


def test_the_provider_and_the_developer_are_let_in(listener: Subject) -> None:
    one, app, store = listener
    requests, kept = _passed(app, store)
    hosts = ["localhost", "LOCALHOST:1", "127.0.0.1:4242", "[::1]", TUNNEL, f"{TUNNEL.upper()}:443"]
    for host in hosts:
        assert status(exchange(one.origin, [*signed().items(), ("Host", host)])) == 200
        assert one.told()["verdict"] == "verified"
    own = [("Host", TUNNEL), ("Origin", f"https://{TUNNEL}"), ("Sec-Fetch-Site", "same-origin")]
    assert status(exchange(one.origin, [*signed().items(), *own])) == 200
    assert one.told()["verdict"] == "verified"
    assert _passed(app, store) == (requests + len(hosts) + 1, kept + len(hosts) + 1)


@pytest.mark.slow
def test_a_refusal_tells_what_to_do_and_not_the_host(store: Path) -> None:
    with listening(store, secret=SECRET, as_json=False) as one:
        assert one.line().startswith("Storing deliveries in")
        exchange(one.origin, [*signed().items(), ("Host", TUNNEL), ("X-Secret", "hush")])
        lines = one.stop()[1]
    assert lines[0].endswith("POST /hooks  rejected: foreign_host, responded 403")
    printed = " ".join(line.strip() for line in lines)
    assert "If you use a tunnel, or another name of this machine, pass its URL as --public-url." in printed
    assert TUNNEL not in printed
    assert "hush" not in printed


@pytest.mark.slow
def test_the_demo_follows_the_same_rules() -> None:
    with demo._receiver(Verifier(SECRET), free_port(), None) as url:
        origin, _, path = url.rpartition("/")
        line = f"POST /{path} HTTP/1.1"
        assert status(exchange(origin, [*signed().items(), ("Host", "localhost")], BODY, line)) == 200
        assert status(exchange(origin, [*signed().items(), ("Host", "evil.example")], BODY, line)) == 403
        fetched = [*signed().items(), ("Host", "localhost"), ("Origin", "http://localhost:3000")]
        assert status(exchange(origin, fetched, BODY, line)) == 403


# --- what is kept -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_forgeries_do_not_displace_what_is_verified(store: Path) -> None:
    with listening(store, "--keep", "2", secret=SECRET) as one:
        for number in range(2):
            post(one.origin, BODY, signed(id=f"msg_{number}"))
        for number in range(5):
            post(one.origin, BODY + b" ", signed(id=f"forged_{number}"))
        assert [one.told()["verdict"] for _ in range(7)] == ["verified"] * 2 + ["rejected"] * 5
    assert [stored.message_id for stored in all_kept(store)] == ["msg_0", "msg_1", "forged_3", "forged_4"]


def _add(kept: DeliveryStore, verdict: StoredVerdict, size: int = 1) -> None:
    kept.add(StoredDelivery(1.0, "POST", "/", "", [], body=b"x" * size, verdict=verdict))


def _numbers(kept: DeliveryStore) -> list[int]:
    return [stored.number for stored in kept.all()]


def test_each_kind_has_its_own_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webhook_verify.cli.store.delivery_store.MAX_STORE_BYTES", 100)
    kept = DeliveryStore(None, 3)
    _add(kept, "verified", 60)
    others: list[StoredVerdict] = ["rejected", "handshake", "no_delivery"]
    for verdict in others:
        for size in (60, 500, 10):
            _add(kept, verdict, size)
            assert 1 in _numbers(kept)
    assert _numbers(kept) == [1, 10]
    _add(kept, "verified", 60)
    assert _numbers(kept) == [10, 11]  # only a verified one displaces a verified one
    for _ in range(5):
        _add(kept, "rejected")
        _add(kept, "verified")
    assert _numbers(kept) == [16, 17, 18, 19, 20, 21]
    kept.close()


def test_a_file_of_before_is_bounded_in_the_same_way(store: Path) -> None:
    first = DeliveryStore(store, 50)
    for number in range(20):
        _add(first, "verified" if number < 5 else "rejected")
    first.close()
    second = DeliveryStore(store, 4)
    _add(second, "rejected")
    assert _numbers(second) == [2, 3, 4, 5, 18, 19, 20, 21]
    second.close()
