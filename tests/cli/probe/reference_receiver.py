"""A receiver of Standard Webhooks on the standard library alone, good as it stands: :class:`Receiver`.

A broken one is a subclass that does one thing worse. Nothing of the package is used, so that it is not its
own judge.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from base64 import b64encode
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any

__all__ = ["HOOK", "KEY", "LIMIT", "OLD_SECRET", "SECRET", "Receiver", "Refused", "serving"]

KEY, OLD_KEY = bytes(range(32)), bytes(range(32, 64))
SECRET, OLD_SECRET = (f"whsec_{b64encode(key).decode()}" for key in (KEY, OLD_KEY))
LIMIT = 200_000
HOOK = "/hook"


class Refused(Exception):
    """The status to answer with, and the reason, which the answer does not tell."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Receiver:
    """What becomes of one request. One object serves all of them, each in a thread of its own."""

    keys: tuple[bytes, ...] = (KEY, OLD_KEY)
    methods: tuple[str, ...] = ("POST",)
    tolerance: int | None = 300
    future: int | None = 300
    limit: int | None = LIMIT
    chunks = True
    expects = True
    long_header_status = 431
    extra_header = ""
    page = False
    """Whether there is something to see for a browser at the address of the receiver."""

    def __init__(self) -> None:
        self.handled = list[str]()
        self.states = dict[str, str]()
        self.lock = threading.Lock()

    # From the outside to the inside

    def answer(self, headers: Any, body: bytes) -> tuple[int, bytes]:
        try:
            msg_id = self.verify(headers, body)
            return self.once(msg_id, body)
        except Refused as refused:
            return self.refusal(refused)

    def refusal(self, refused: Refused) -> tuple[int, bytes]:
        return refused.status, b"refused"

    def verify(self, headers: Any, body: bytes) -> str:
        msg_id, timestamp, signatures = self.read(headers)
        self.check_time(timestamp)
        self.check_signature(signatures, self.content(msg_id, timestamp, body))
        return msg_id

    def read(self, headers: Any) -> list[str]:
        return [self.header(headers, f"webhook-{part}") for part in ("id", "timestamp", "signature")]

    def header(self, headers: Any, name: str) -> str:
        values: list[str] = headers.get_all(name, [])
        if len(values) != 1 or not values[0].strip():
            raise Refused(400, f"{name} is missing, or stands twice")
        return values[0]

    def check_time(self, timestamp: str) -> None:
        age = time.time() - self.seconds(timestamp)
        if self.tolerance is not None and age > self.tolerance:
            raise Refused(401, "too old")
        if self.future is not None and -age > self.future:
            raise Refused(401, "too new")

    def seconds(self, timestamp: str) -> int:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13):
            raise Refused(400, "the timestamp is no number")
        return int(timestamp)

    def content(self, msg_id: str, timestamp: str, body: bytes) -> bytes:
        return f"{msg_id}.{timestamp}.".encode("utf-8", "surrogateescape") + body

    def check_signature(self, signatures: str, content: bytes) -> None:
        for entry in self.entries(signatures):
            for key in self.keys:
                if self.equal(entry, self.mac(key, content)):
                    return
        raise Refused(401, "no signature is right")

    def entries(self, signatures: str) -> list[str]:
        return [entry[3:] for entry in signatures.split(" ") if entry.startswith("v1,")]

    def mac(self, key: bytes, content: bytes) -> str:
        return b64encode(hmac.digest(key, content, sha256)).decode()

    def equal(self, entry: str, right: str) -> bool:
        return hmac.compare_digest(entry.encode("utf-8", "replace"), right.encode())

    def once(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        with self.lock:
            state = self.states.setdefault(msg_id, "new")
            if state == "new":
                self.states[msg_id] = "in flight"
        if state != "new":
            return (409, b"in flight") if state == "in flight" else (200, b"")
        try:
            answered = self.handle(msg_id, body)
        except Exception:
            del self.states[msg_id]
            raise
        self.states[msg_id] = "done"
        return answered

    def handle(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        try:
            event: Any = json.loads(body)
        except ValueError:
            return 400, b"no event"
        event["type"]  # a handler that fails on what is no event
        self.handled.append(msg_id)
        return 200, b""

    # The server's side

    def body(self, request: BaseHTTPRequestHandler) -> bytes:
        if "chunked" in request.headers.get("Transfer-Encoding", "") and self.chunks:
            return self.chunked(request)
        length = int(request.headers.get("Content-Length") or 0)
        if self.limit is not None and length > self.limit:
            raise Refused(413, "too large")
        return self.exactly(request, length)

    def exactly(self, request: BaseHTTPRequestHandler, length: int) -> bytes:
        body = request.rfile.read(length)
        if len(body) < length:
            raise Refused(400, "the body ends too early")
        return body

    def chunked(self, request: BaseHTTPRequestHandler) -> bytes:
        body = b""
        while size := int(request.rfile.readline(), 16):
            body += request.rfile.read(size)
            request.rfile.readline()
            if self.limit is not None and len(body) > self.limit:
                raise Refused(413, "too large")
        return body

    def extra_headers(self) -> list[tuple[str, str]]:
        return [(self.extra_header, "true")] if self.extra_header else []

    def crash(self, error: Exception) -> tuple[int, bytes]:
        return 500, b"failed"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.do
        raise AttributeError(name)

    def do(self) -> None:
        if self.path == "/count":
            self.send(200, str(len(self.receiver.handled)).encode())
        elif self.command == "GET" and self.receiver.page:
            self.send(200, b"welcome")
        elif self.command in self.receiver.methods:
            self.send(*self.answered())
        else:
            self.send(405, b"")

    def answered(self) -> tuple[int, bytes]:
        try:
            return self.receiver.answer(self.headers, self.receiver.body(self))
        except Refused as refused:
            return refused.status, b"refused"
        except Exception as error:
            return self.receiver.crash(error)

    def handle_expect_100(self) -> bool:
        if self.receiver.expects:
            return super().handle_expect_100()
        self.send(417, b"")
        return False

    def send(self, status: int, body: bytes) -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        for header in self.receiver.extra_headers():
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        super().send_error(self.receiver.long_header_status if code == 431 else code, message, explain)

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 50

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has gone is no news."""


@contextmanager
def serving(receiver: Receiver, tls: SSLContext | None = None) -> Generator[str]:
    """The address of a server that serves this receiver, until the end of the block."""
    handler = type("Handler", (_Handler,), {"receiver": receiver})
    with _Server(("127.0.0.1", 0), handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http{'s' * bool(tls)}://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
