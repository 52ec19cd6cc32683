"""Fetching a key or certificate: by https only, without redirects, little, and with one deadline for all."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ssl import SSLContext

__all__ = ["Fetch", "https_fetch"]

Fetch = Callable[[str, "bytes | None"], bytes]
"""Gets the document at an https address: by POST of a JSON text, or by GET where that is None.

It may raise anything if it cannot; it must follow no redirect, and limit the time and the size.
"""

_FETCH_TIMEOUT_SECONDS = 5.0
_MAX_DOCUMENT_BYTES = 262_144


def https_fetch(context: SSLContext | None = None, *, seconds: float = _FETCH_TIMEOUT_SECONDS) -> Fetch:
    """Return a :data:`Fetch` by httpx2: https, no redirects, no compression, at most 256 KiB.

    Args:
        context: The certificates of servers that are trusted. None: those of the machine.
        seconds: The deadline for the connection, the response's headers and its body together. Looking up
            the host's address is not interrupted.

    Raises:
        ImportError: Without the extra ``asymmetric``.
    """
    try:
        import httpx2
    except ImportError as missing:
        raise ImportError(
            "fetching keys needs the package httpx2: pip install 'webhook-verify[asymmetric]'"
        ) from missing

    def fetch(url: str, content: bytes | None = None) -> bytes:
        if not url.startswith("https://"):
            raise ValueError("keys are fetched by https only")
        # The size is limited as it arrives, so the server must not compress.
        headers = {"accept-encoding": "identity"}
        if content is not None:
            headers["content-type"] = "application/json"
        method = "GET" if content is None else "POST"
        trusted = True if context is None else context
        with (
            _Deadline(seconds) as deadline,
            httpx2.Client(verify=trusted, timeout=seconds, follow_redirects=False) as client,
            client.stream(
                method, url, content=content, headers=headers, extensions={"trace": deadline.trace}
            ) as response,
        ):
            if response.status_code != 200:
                raise OSError(f"the server answered {response.status_code}")
            document = b""
            for chunk in response.iter_raw():
                document += chunk
                if len(document) > _MAX_DOCUMENT_BYTES:
                    raise OSError("the document is too large")
                deadline.check()
            deadline.check()  # the end of the document may be that of the connection
            if response.headers.get("content-encoding", "identity") != "identity":
                raise OSError("the server compressed the document, although it was asked not to")
            return document

    return fetch


class _Deadline:
    """Shuts the connection down after some seconds, wherever the fetch waits then.

    The time limits of an HTTP client begin again with each byte, so a server that sends one header line in
    every second would be waited for without end.
    """

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds
        self._lock = Lock()
        self._sockets: list[socket.socket] = []
        self._has_passed = False
        self._timer = Timer(seconds, self._shut_down)
        self._timer.daemon = True

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        self._timer.cancel()
        if self._has_passed and error is not None:
            raise TimeoutError("the document did not arrive in time") from None

    def check(self) -> None:
        """Raise TimeoutError once the time is over."""
        if time.monotonic() > self._at:
            raise TimeoutError("the document did not arrive in time")

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Note each connection as it is made: a trace hook of the HTTP client."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            connected = info["return_value"].get_extra_info("socket")
            with self._lock:
                self._sockets.append(connected)
            if self._has_passed:
                self._shut_down()

    def _shut_down(self) -> None:
        self._has_passed = True
        with self._lock:
            for connected in self._sockets:
                with suppress(OSError):  # it is closed already
                    # Not SSLSocket.shutdown, which changes the object under the thread that reads from it.
                    socket.socket.shutdown(connected, socket.SHUT_RDWR)
