"""What a stranger can make this service fetch: from where, how much, how often, and what when it fails."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import trustme

from webhook_verify import KeyUnavailable
from webhook_verify.schemes.key_cache import RETRY_DELAY, KeyCache, https_fetch

# --- over the wire: a real server with a certificate of a CA of its own --------------------------------


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("location", "/key.pem")
            self.end_headers()
        elif self.path == "/slow":
            self._send(b"")
            for _ in range(20):
                self.wfile.write(b"x")
                time.sleep(0.05)
        else:
            status, size = {"/key.pem": (200, 3), "/large": (200, 300_000)}.get(self.path, (404, 3))
            self._send(b"x" * size, status)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self._send(self.headers["content-type"].encode() + b" " + body)

    def _send(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, ssl.SSLContext]]:
    """Its address, and who trusts it."""
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost").configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    trusting = ssl.create_default_context()
    ca.configure_trust(trusting)
    yield f"https://localhost:{server.server_port}", trusting
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_gets_and_posts(server: tuple[str, ssl.SSLContext]) -> None:
    address, context = server
    fetch = https_fetch(context)

    assert fetch(address + "/key.pem", None) == b"xxx"
    assert fetch(address + "/key", b"{}") == b"application/json {}"


@pytest.mark.parametrize("path", ["/moved", "/missing", "/large", "/slow"])
def test_what_is_no_key_in_time_is_an_error(path: str, server: tuple[str, ssl.SSLContext]) -> None:
    """A redirect above all: it would lead away from the pinned host."""
    address, context = server
    with pytest.raises(OSError):
        https_fetch(context, seconds=0.4)(address + path, None)


def test_a_server_must_show_a_certificate_that_is_trusted(server: tuple[str, ssl.SSLContext]) -> None:
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        https_fetch()(server[0] + "/key.pem", None)


@pytest.mark.parametrize("url", ["http://localhost/key.pem", "file:///etc/passwd", "HTTPS://x", ""])
def test_nothing_but_https(url: str) -> None:
    with pytest.raises(ValueError, match="https only"):
        https_fetch()(url, None)


# --- how often ---------------------------------------------------------------------------------------


class Source:
    """What is fetched, a new value each time; it fails while ``error`` is set."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.count = 0
        self.error: Exception | None = None

    def load(self) -> int:
        self.count += 1
        if self.error is not None:
            raise self.error
        return self.count

    def cache(self, **options: Any) -> KeyCache[int]:
        return KeyCache(clock=lambda: self.now, **options)


def test_a_key_is_fetched_once_and_again_when_it_is_old() -> None:
    source = Source()
    cache = source.cache(lifetime=3600)

    def after(seconds: float, **options: float) -> int:
        source.now += seconds
        return cache.get("a", source.load, **options)

    assert [after(0), after(0), after(3600), after(1)] == [1, 1, 1, 2]
    assert [after(60, max_age=60), after(1, max_age=60), after(60, max_age=60)] == [2, 3, 3]


def test_while_it_cannot_be_fetched_an_old_one_does_for_a_day() -> None:
    source = Source()
    cache = source.cache(lifetime=3600)
    assert cache.get("a", source.load) == 1
    source.error = OSError("the network is down")

    source.now += 86_400
    assert cache.get("a", source.load) == 1
    with pytest.raises(KeyUnavailable):
        cache.get("a", source.load, max_age=60)
    source.now += 1
    with pytest.raises(KeyUnavailable):
        cache.get("a", source.load)


def test_a_failure_is_not_tried_again_at_once() -> None:
    source = Source()
    cache = source.cache()
    source.error = RuntimeError("whatever it raises: token=hunter2")

    for _ in range(3):
        with pytest.raises(KeyUnavailable) as caught:
            cache.get("a", source.load)
        assert "hunter2" not in str(caught.value)
        assert (caught.value.status_hint, caught.value.reason) == (503, "key_unavailable")
    assert source.count == 1

    source.now += RETRY_DELAY
    source.error = None
    assert cache.get("a", source.load) == 2


def test_strangers_get_only_so_many_keys_fetched_in_a_minute() -> None:
    source = Source()
    cache = source.cache(lifetime=10, per_minute=5)
    assert cache.get("known", source.load) == 1

    def asks(name: str) -> bool:
        try:
            return cache.get(name, source.load) > 0
        except KeyUnavailable:
            return False

    assert [asks(f"unknown-{number}") for number in range(6)] == [True, True, True, True, False, False]
    source.now += 11
    assert cache.get("known", source.load) == 6, "what is known is renewed nevertheless"
    source.now += 79
    assert asks("another")


def test_strangers_who_come_each_minute_leave_room_for_others() -> None:
    """Else twenty requests a minute would keep every genuine key, and so every delivery, out for ever."""
    source = Source()
    cache = source.cache(per_minute=20)

    def asks(name: str) -> bool:
        try:
            return cache.get(name, source.load) > 0
        except KeyUnavailable:
            return False

    met: list[bool] = []
    for minute in range(100):
        source.now += 60
        for number in range(20):
            asks(f"stranger-{minute}-{number}")
        source.now += 1
        met.append(asks("genuine"))
    assert any(met)


def test_it_keeps_the_last_of_many() -> None:
    source = Source()
    cache = source.cache(per_minute=1_000)
    for number in range(100):
        cache.get(str(number), source.load)

    assert cache.get("99", source.load) == 100
    assert cache.get("0", source.load) == 101


@pytest.mark.parametrize("fails", [False, True])
def test_threads_that_want_the_same_fetch_it_once(fails: bool) -> None:
    cache: KeyCache[int] = KeyCache()
    started = threading.Event()
    calls: list[int] = []
    got: list[object] = []

    def load() -> int:
        calls.append(1)
        started.set()
        time.sleep(0.05)
        if fails:
            raise OSError
        return 7

    def ask() -> None:
        try:
            got.append(cache.get("a", load))
        except KeyUnavailable:
            got.append(KeyUnavailable)

    run_together([ask] * 8)
    assert calls == [1]
    assert got == [KeyUnavailable if fails else 7] * 8


def test_while_one_thread_renews_a_key_the_others_do_not_wait() -> None:
    source = Source()
    cache = source.cache(lifetime=3600)
    assert cache.get("a", source.load) == 1
    source.now += 3601
    got: list[int] = []

    def renew() -> int:
        thread = threading.Thread(target=lambda: got.append(cache.get("a", source.load)))
        thread.start()
        thread.join(5)
        return 2

    assert cache.get("a", renew) == 2
    assert (got, source.count) == ([1], 1)


def test_a_slow_key_holds_up_no_other() -> None:
    cache: KeyCache[int] = KeyCache()
    other_is_done = threading.Event()

    def other() -> int:
        other_is_done.set()
        return 2

    run_together(
        [
            lambda: cache.get("slow", lambda: int(other_is_done.wait(5))),
            lambda: cache.get("other", other),
        ]
    )
    assert cache.get("slow", lambda: 0) == 1


def run_together(calls: list[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
