"""A client that sends raw bytes and accepts any response, in bounded time.

HTTP libraries cannot send what a probe sends: duplicate headers, slow bodies, a wrong Content-Length. Every
request uses a new connection. Server errors are returned as a `RawResponse` and do not raise.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from threading import Barrier, BrokenBarrierError
from typing import NamedTuple, cast

__all__ = ["CLOSED", "CONNECTION_REFUSED", "RawClient", "RawRequest", "RawResponse", "Unreachable"]

_MAX_RESPONSE_BYTES = 65_536
_CONTINUE_TIMEOUT_SECONDS = 1.0
"""How long to wait for `100 Continue` before sending the body anyway (RFC 9110 section 10.1.1)."""
_PAUSE_BEFORE_SHUTDOWN_SECONDS = 0.02
_WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError)


class Unreachable(Exception):
    """The connection failed. The message is that of the operating system."""


class RawRequest(NamedTuple):
    """The bytes of a request: the head, then the chunks of the body, each in its own TCP segment.

    Args:
        head: The request head.
        chunks: The chunks of the body.
        pause: Pause before each chunk, in seconds.
        expects_continue: Whether to wait for `100 Continue` after the head.
        half_closes: Whether to close the sending side after the last chunk.
    """

    head: bytes
    chunks: tuple[bytes, ...] = ()
    pause: float = 0.0
    expects_continue: bool = False
    half_closes: bool = False


class RawResponse(NamedTuple):
    """A response. Without one, `status` is 0 and `failure` is the reason. `body` is its first 64 KiB."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 0.0
    failure: str = ""

    def header(self, name: str) -> str:
        """Return the value of a header by its name in lower case; "" without it."""
        return next((value for own, value in self.headers if own.lower() == name), "")


CLOSED = "closed the connection"
TIMED_OUT = "timed out without a response"
NOT_HTTP = "returned an invalid HTTP response"
CONNECTION_REFUSED = "no longer accepts connections"


class RawClient:
    """A client for one server. `timeout` is in seconds for each request, in addition to its pauses."""

    def __init__(self, host: str, port: int, *, tls: bool, timeout: float) -> None:
        self._address = host, port
        self._tls = ssl.create_default_context() if tls else None
        self._timeout = timeout

    def exchange(
        self, raw_request: RawRequest, before_last_byte: Callable[[], object] | None = None
    ) -> RawResponse:
        """Send the request and return the response. Raises Unreachable if the connection fails."""
        started = time.monotonic()
        deadline = started + self._timeout + raw_request.pause * len(raw_request.chunks)
        with self._connect() as connection:
            raw_exchange = _RawExchange(connection, deadline)
            try:
                raw_exchange.send(raw_request, before_last_byte)
                response = raw_exchange.read_response(raw_request.head.split(b" ", 1)[0].decode("latin-1"))
            except TimeoutError:
                response = RawResponse(0, failure=TIMED_OUT)
            except (OSError, EOFError):
                response = RawResponse(0, failure=CLOSED)
            except (HTTPException, ValueError):
                response = RawResponse(0, failure=NOT_HTTP)
        return response._replace(seconds=time.monotonic() - started)

    def together(self, raw_requests: list[RawRequest]) -> list[RawResponse]:
        """Send all requests concurrently: no last byte is sent before all other bytes of all requests."""
        barrier = Barrier(len(raw_requests))

        def before_last_byte() -> None:
            with suppress(BrokenBarrierError):
                barrier.wait(self._timeout)

        def exchange(raw_request: RawRequest) -> RawResponse:
            try:
                return self.exchange(raw_request, before_last_byte)
            except Unreachable:
                barrier.abort()  # otherwise the other requests would wait for this one
                return RawResponse(0, failure=CONNECTION_REFUSED)

        with ThreadPoolExecutor(len(raw_requests)) as pool:
            return list(pool.map(exchange, raw_requests))

    def _connect(self) -> socket.socket:
        try:
            plain = socket.create_connection(self._address, self._timeout)
        except (OSError, UnicodeError) as error:
            raise Unreachable(_error_text(error)) from None
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is None:
            return plain
        try:
            return self._tls.wrap_socket(plain, server_hostname=self._address[0])
        except (OSError, ValueError) as error:
            plain.close()
            raise Unreachable(f"TLS handshake failed: {_error_text(error)}") from None


def _error_text(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or getattr(error, "reason", None) or type(error).__name__)


class _RawExchange(io.RawIOBase):
    """One request and its response on a connection, until `deadline`."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        super().__init__()
        self._connection = connection
        self._deadline = deadline
        self._buffered = b""

    def send(self, raw_request: RawRequest, before_last_byte: Callable[[], object] | None) -> None:
        """Send the request; stop if a response arrives early, or if the server closes the connection."""
        *before, last = raw_request.head, *raw_request.chunks
        last_byte = last[-1:] if before_last_byte is not None else b""
        try:
            for number, chunk in enumerate([*before, last[: len(last) - len(last_byte)]]):
                if self._has_early_response(raw_request, number):
                    return
                self._send(chunk)
            if before_last_byte is not None:
                before_last_byte()
                self._send(last_byte)
            if raw_request.half_closes:
                time.sleep(
                    _PAUSE_BEFORE_SHUTDOWN_SECONDS
                )  # otherwise the server may see body and end together
                self._connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # a response that the server sent before it closed can still be read

    def _has_early_response(self, raw_request: RawRequest, number: int) -> bool:
        if number == 0:
            return False
        if number == 1 and raw_request.expects_continue:
            return not self._may_continue()
        time.sleep(raw_request.pause)
        self._connection.settimeout(0)
        with suppress(*_WOULD_BLOCK):
            self._buffered += self._connection.recv(_MAX_RESPONSE_BYTES)
            return True  # also if the server closed the connection
        return False

    def _may_continue(self) -> bool:
        self._connection.settimeout(_CONTINUE_TIMEOUT_SECONDS)
        try:
            self._buffered += self._connection.recv(_MAX_RESPONSE_BYTES)
        except TimeoutError:
            return True
        return self._buffered.startswith((b"HTTP/1.1 100", b"HTTP/1.0 100"))

    def _send(self, chunk: bytes) -> None:
        self._connection.settimeout(self._remaining_seconds())
        self._connection.sendall(chunk)

    def _remaining_seconds(self) -> float:
        remaining_seconds = self._deadline - time.monotonic()
        if remaining_seconds <= 0:
            raise TimeoutError
        return remaining_seconds

    def readable(self) -> bool:
        """Return True, as io requires."""
        return True

    # The signature is that of io.RawIOBase.
    def readinto(self, buffer: object, /) -> int:
        """Read the next bytes of the response into the buffer."""
        view = cast("memoryview", buffer)
        if self._buffered:
            chunk, self._buffered = self._buffered[: len(view)], self._buffered[len(view) :]
        else:
            self._connection.settimeout(self._remaining_seconds())
            chunk = self._connection.recv(len(view))
        view[: len(chunk)] = chunk
        return len(chunk)

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return a file for HTTPResponse, which calls this method of a socket."""
        return io.BufferedReader(self)

    def read_response(self, method: str) -> RawResponse:
        """Read the response. Raises OSError, EOFError or HTTPException on failure."""
        response = HTTPResponse(cast("socket.socket", self), method=method)
        response.begin()  # skips "100 Continue"; raises an OSError without a response
        body = b""
        with suppress(OSError, HTTPException):  # a response with an incomplete body is valid here
            body = response.read(_MAX_RESPONSE_BYTES)
        return RawResponse(response.status, tuple(response.getheaders()), body)
