"""Fetches of a key over HTTPS: only from the pinned host, limited in size, and with one deadline."""

from __future__ import annotations

import gzip
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import trustme

from tests.waiting import wait_until
from webhook_verify.schemes.key_fetch import https_fetch


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("location", "/key.pem")
            self.end_headers()
        elif self.path == "/slow":
            self._send(b"")
            self._drip(b"x")
        elif self.path == "/slow-headers":
            self.send_response(200)
            self.flush_headers()
            self._drip(b"x-header: a\r\n")
            self._send(b"xxx")
        elif self.path == "/silent":
            time.sleep(2)
        elif self.path == "/bomb":
            self.send_response(200)
            self.send_header("content-encoding", "gzip")
            self.end_headers()
            self.wfile.write(gzip.compress(bytes(50_000_000)))
        else:
            status, size = {"/key.pem": (200, 3), "/large": (200, 300_000)}.get(self.path, (404, 3))
            self._send(b"x" * size, status)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        sent = self.headers["authorization"] or self.headers["content-type"]
        self._send(sent.encode() + b" " + body)

    def _drip(self, piece: bytes) -> None:
        for _ in range(40):
            self.wfile.write(piece)
            time.sleep(0.05)

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


def test_it_sends_the_headers_of_a_caller(server: tuple[str, ssl.SSLContext]) -> None:
    address, context = server
    headers = {"authorization": "Basic YTpi", "content-type": "application/x-www-form-urlencoded"}
    assert https_fetch(context)(address + "/token", b"a=b", headers) == b"Basic YTpi a=b"


def test_it_gets_and_posts(server: tuple[str, ssl.SSLContext]) -> None:
    address, context = server
    fetch = https_fetch(context)

    assert fetch(address + "/key.pem", None) == b"xxx"
    assert fetch(address + "/key", b"{}") == b"application/json {}"


@pytest.mark.parametrize(
    "path", ["/moved", "/missing", "/large", "/slow", "/slow-headers", "/silent", "/bomb"]
)
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
    with pytest.raises(ValueError, match="url must start with https://"):
        https_fetch()(url, None)


def test_the_deadline_is_one_for_all_of_the_fetch(server: tuple[str, ssl.SSLContext]) -> None:
    """Headers that drip for two seconds: every read is quick, and the whole is not."""
    address, context = server
    fetch = https_fetch(context, seconds=0.3)
    start = time.monotonic()
    with pytest.raises(TimeoutError, match="did not arrive in time"):
        fetch(address + "/slow-headers", None)
    assert time.monotonic() - start < 1.5
    assert fetch(address + "/key.pem", None) == b"xxx"


def test_a_fetch_leaves_no_timer(server: tuple[str, ssl.SSLContext]) -> None:
    address, context = server
    assert https_fetch(context)(address + "/key.pem", None) == b"xxx"
    wait_until(lambda: not any(isinstance(thread, threading.Timer) for thread in threading.enumerate()))
