"""A client that sends exactly the bytes it is told to, and takes whatever comes back, in bounded time.

No HTTP library would send what a probe sends: a header twice, a body that drips, a length that lies. Every
request has a connection of its own. Nothing that a server does raises: it is told by an :class:`Answer`.
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

__all__ = ["CLOSED", "REFUSES", "Answer", "Sending", "Unreachable", "Wire"]

_MAX_RESPONSE_BYTES = 65_536
_SECONDS_TO_CONTINUE = 1.0
"""How long to wait for ``100 Continue``; then the body is sent anyway, as RFC 9110 section 10.1.1 has it."""
_PAUSE_BEFORE_END = 0.02
_NOTHING_YET = (BlockingIOError, ssl.SSLWantReadError)


class Unreachable(Exception):
    """There was no connection at all. Its message says why, in the words of the system."""


class Sending(NamedTuple):
    """What is put on the wire: a head, then the pieces of a body, each in a segment of its own.

    ``pause``: seconds before each piece. ``waits``: for ``100 Continue`` after the head. ``ends``: closes
    its side after the last piece.
    """

    head: bytes
    pieces: tuple[bytes, ...] = ()
    pause: float = 0.0
    waits: bool = False
    ends: bool = False


class Answer(NamedTuple):
    """What came back. ``status`` 0: no answer, and ``lack`` tells why. ``body``: the first 64 KiB of it."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 0.0
    lack: str = ""

    def header(self, name: str) -> str:
        """The value of a header, by its name in lower case; "" without it."""
        return next((value for own, value in self.headers if own.lower() == name), "")


CLOSED = "closed the connection"
LATE = "gave no answer in time"
NO_HTTP = "answered something that is no HTTP"
REFUSES = "takes no connections any more"


class Wire:
    """Connections to one server. ``timeout`` is in seconds, for each request, beside its own pauses."""

    def __init__(self, host: str, port: int, *, tls: bool, timeout: float) -> None:
        self._address = host, port
        self._tls = ssl.create_default_context() if tls else None
        self._timeout = timeout

    def exchange(self, sending: Sending, held: Callable[[], object] | None = None) -> Answer:
        """Send it and read the answer. ``held`` is called before the last byte is sent.

        Raises Unreachable if there is no connection.
        """
        started = time.monotonic()
        until = started + self._timeout + sending.pause * len(sending.pieces)
        with self._connected() as connection:
            talk = _Talk(connection, until)
            try:
                talk.send(sending, held)
                answer = talk.answer(sending.head.split(b" ", 1)[0].decode("latin-1"))
            except TimeoutError:
                answer = Answer(0, lack=LATE)
            except (OSError, EOFError):
                answer = Answer(0, lack=CLOSED)
            except (HTTPException, ValueError):
                answer = Answer(0, lack=NO_HTTP)
        return answer._replace(seconds=time.monotonic() - started)

    def together(self, sendings: list[Sending]) -> list[Answer]:
        """Send all of them at once: the last byte of each is held until the others have come as far."""
        barrier = Barrier(len(sendings))

        def held() -> None:
            with suppress(BrokenBarrierError):
                barrier.wait(self._timeout)

        def exchange(sending: Sending) -> Answer:
            try:
                return self.exchange(sending, held)
            except Unreachable:
                barrier.abort()  # or the others would wait for it
                return Answer(0, lack=REFUSES)

        with ThreadPoolExecutor(len(sendings)) as pool:
            return list(pool.map(exchange, sendings))

    def _connected(self) -> socket.socket:
        try:
            plain = socket.create_connection(self._address, self._timeout)
        except (OSError, UnicodeError) as error:
            raise Unreachable(_words(error)) from None
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is None:
            return plain
        try:
            return self._tls.wrap_socket(plain, server_hostname=self._address[0])
        except (OSError, ValueError) as error:
            plain.close()
            raise Unreachable(f"no TLS: {_words(error)}") from None


def _words(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or getattr(error, "reason", None) or type(error).__name__)


class _Talk(io.RawIOBase):
    """One request and its answer on a connection, which all end at ``until``."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        super().__init__()
        self._connection = connection
        self._until = until
        self._early = b""

    def send(self, sending: Sending, held: Callable[[], object] | None) -> None:
        """Send it; stop when an answer is there already, or the server has closed."""
        *before, last = sending.head, *sending.pieces
        last_byte = last[-1:] if held is not None else b""
        try:
            for number, piece in enumerate([*before, last[: len(last) - len(last_byte)]]):
                if self._is_answered(sending, number):
                    return
                self._send(piece)
            if held is not None:
                held()
                self._send(last_byte)
            if sending.ends:
                time.sleep(_PAUSE_BEFORE_END)  # or the server may see all of it at once
                self._connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # what the server has answered before it closed is still there to be read

    def _is_answered(self, sending: Sending, number: int) -> bool:
        if number == 0:
            return False
        if number == 1 and sending.waits:
            return not self._may_continue()
        time.sleep(sending.pause)
        self._connection.settimeout(0)
        with suppress(*_NOTHING_YET):
            self._early += self._connection.recv(_MAX_RESPONSE_BYTES)
            return True  # its end, too, is an answer
        return False

    def _may_continue(self) -> bool:
        self._connection.settimeout(_SECONDS_TO_CONTINUE)
        try:
            self._early += self._connection.recv(_MAX_RESPONSE_BYTES)
        except TimeoutError:
            return True
        return self._early.startswith((b"HTTP/1.1 100", b"HTTP/1.0 100"))

    def _send(self, piece: bytes) -> None:
        self._connection.settimeout(self._left())
        self._connection.sendall(piece)

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def readable(self) -> bool:
        """It is read from."""
        return True

    # The name and the type are io's.
    def readinto(self, buffer: object, /) -> int:
        """The next bytes of the answer."""
        view = cast("memoryview", buffer)
        if self._early:
            piece, self._early = self._early[: len(view)], self._early[len(view) :]
        else:
            self._connection.settimeout(self._left())
            piece = self._connection.recv(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def makefile(self, mode: str) -> io.BufferedReader:
        """Enough of a socket for HTTPResponse."""
        return io.BufferedReader(self)

    def answer(self, method: str) -> Answer:
        """What comes back. Raises OSError, EOFError or HTTPException, as it fails."""
        response = HTTPResponse(cast("socket.socket", self), method=method)
        response.begin()  # skips "100 Continue"; raises an OSError where nothing came
        body = b""
        with suppress(OSError, HTTPException):  # a status is an answer, whatever becomes of its body
            body = response.read(_MAX_RESPONSE_BYTES)
        return Answer(response.status, tuple(response.getheaders()), body)
