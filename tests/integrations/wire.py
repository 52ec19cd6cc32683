"""A client that sends exactly the bytes it is told to, and reads whatever comes back.

No HTTP library would send what :mod:`tests.integrations.contract` asks for. Every request says
``Connection: close``, so the answer is all that comes until the server closes.
"""

from __future__ import annotations

import io
import select
import socket
import time
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse

SECONDS = 5.0
_PAUSE = 0.02
# Hypercorn never closes a connection whose body it has not read when the app is done (0.18.0).
_SECONDS_TO_CLOSE = 1.0


@dataclass(frozen=True)
class Sending:
    """What is put on the wire: a head, then the pieces of a body, each in a segment of its own.

    ``waits``: for ``100 Continue`` after the head. ``hangs_up``: closes after the last piece.
    ``pauses``: lets the server read each piece before the next one comes. ``ends``: sends no more after
    the last piece, but waits for an answer.
    """

    head: bytes
    pieces: tuple[bytes, ...] = ()
    waits: bool = False
    hangs_up: bool = False
    pauses: bool = False
    ends: bool = False

    @property
    def method(self) -> str:
        return self.head.split(b" ", 1)[0].decode("latin-1")


@dataclass(frozen=True)
class Seen:
    """An answer; ``status`` 0 where the server closed without one."""

    status: int
    headers: Message
    body: bytes
    continued: bool = False

    def values(self, name: str) -> list[str]:
        return [str(value) for value in self.headers.get_all(name, [])]


NOTHING = Seen(0, Message(), b"")


def exchange(port: int, sending: Sending) -> Seen:
    """Send it over a connection of its own, and read the answer until the server closes."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        continued = _send(connection, sending)
        if sending.hangs_up:
            return NOTHING
        return _answer(_read(connection), sending.method, continued)


def _send(connection: socket.socket, sending: Sending) -> bool:
    """Send until all is sent, or an answer is there, or the server closes; whether it said to continue."""
    try:
        connection.sendall(sending.head)
        if sending.waits and not _is_told_to_continue(connection):
            return False
        for piece in sending.pieces:
            if not sending.waits and _is_readable(connection):
                break
            if sending.pauses:
                time.sleep(_PAUSE)
            connection.sendall(piece)
        if sending.ends:
            time.sleep(_PAUSE)  # or the server may see all of it at once, or the end by itself
            connection.shutdown(socket.SHUT_WR)
    except (ConnectionError, TimeoutError):
        pass  # what the server has answered before it closed is still there to be read
    return sending.waits


def _is_told_to_continue(connection: socket.socket) -> bool:
    return connection.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 100"


def _is_readable(connection: socket.socket) -> bool:
    return bool(select.select([connection], [], [], 0)[0])


def _read(connection: socket.socket) -> bytes:
    received = bytearray()
    try:
        while piece := connection.recv(65_536):
            received += piece
            connection.settimeout(_SECONDS_TO_CLOSE)
    except ConnectionError:
        pass  # it closed with some of the request unread
    except TimeoutError:
        if not received:
            raise
    return bytes(received)


class _Replayed:
    """Enough of a socket for HTTPResponse."""

    def __init__(self, received: bytes) -> None:
        self.file = io.BytesIO(received)

    def makefile(self, mode: str) -> io.BytesIO:
        return self.file


def _answer(received: bytes, method: str, continued: bool) -> Seen:
    if not received:
        return NOTHING
    replayed = _Replayed(received)
    response = HTTPResponse(replayed, method=method)  # type: ignore[arg-type]
    try:
        response.begin()  # skips "100 Continue"
        # After the answer to a HEAD there must be nothing, which HTTPResponse would not see.
        body = replayed.file.read() if method == "HEAD" else response.read()
    except HTTPException as error:
        raise AssertionError(f"no HTTP: {error!r} in {received[:200]!r}") from error
    return Seen(response.status, response.msg, body, continued)
