"""A server on loopback that misbehaves on purpose: each request gets the next behaviour of a script."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Self

__all__ = ["Behaviour", "Received", "Script", "answer", "drip", "drip_headers", "half", "reset", "silence"]

Behaviour = Callable[[socket.socket], None]
"""Answers one request on this connection. The connection is closed if it raises OSError."""


class Received(NamedTuple):
    """One request, as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def answer(status: int, body: object = b"", /, **headers: str) -> Behaviour:
    """A whole answer; what is not bytes is sent as JSON. ``retry_after`` is the header Retry-After."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Status", f"content-length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    whole = "\r\n".join([*lines, "", ""]).encode() + content
    return lambda connection: connection.sendall(whole)


def reset(connection: socket.socket) -> None:
    """Break the connection as a crash does, with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise OSError("reset")


def half(connection: socket.socket) -> None:
    """Promise a body of 100 bytes, send half of it, and close."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n" + b'{"a": ' + b" " * 44)
    raise OSError("half")


def silence(connection: socket.socket) -> None:
    """Answer nothing, for longer than any test waits, unless the client leaves."""
    connection.settimeout(20)
    connection.recv(1)
    raise OSError("silence")


def drip(connection: socket.socket) -> None:
    """Send a body byte by byte, each soon enough for a timeout that starts anew with each."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    for _ in range(1000):
        connection.sendall(b" ")
        time.sleep(0.05)


def drip_headers(connection: socket.socket) -> None:
    """The same with the head of an answer."""
    for byte in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


class Script:
    """The server. ``behaviours`` are used one by one, the last for all further requests::

    with Script(reset, answer(200, {})) as server:
        server.url, server.received
    """

    def __init__(self, *behaviours: Behaviour) -> None:
        self._behaviours = list(behaviours)
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self.received: list[Received] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):  # closed already
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def behave(self, connection: socket.socket, request: Received) -> None:
        """Answer a request with the next behaviour."""
        with self._lock:
            many = len(self._behaviours) > 1
            behave = self._behaviours.pop(0) if many else self._behaviours[0]
        behave(connection)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            try:
                while (request := _read(stream)) is not None:
                    with self._lock:
                        self.received.append(request)
                    self.behave(connection, request)
            except (OSError, ValueError):
                return


def _read(stream: socket.SocketIO | object) -> Received | None:
    readline, read = stream.readline, stream.read  # type: ignore[union-attr]
    first = readline().decode()
    if not first:
        return None
    headers: dict[str, str] = {}
    while line := readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    method, target, _ = first.split(" ")
    return Received(method, target, headers, read(int(headers.get("content-length", 0))))
