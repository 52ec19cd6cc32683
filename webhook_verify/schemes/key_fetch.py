"""Fetching of keys and certificates: https only, no redirects, a size limit and one deadline."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ssl import SSLContext
    from typing import Protocol

    class HttpsFetch(Protocol):
        """A `Fetch` and an `AuthorizedFetch`."""

        def __call__(
            self, url: str, content: bytes | None = None, headers: Mapping[str, str] = ..., /
        ) -> bytes:
            """Fetch a document."""
            ...


__all__ = ["AuthorizedFetch", "Fetch", "https_fetch"]

Fetch = Callable[[str, "bytes | None"], bytes]
"""Fetches the document at an https URL: with POST and a JSON text, or with GET without one.

It may raise any exception on failure. It must not follow redirects, and must limit time and size.
"""

AuthorizedFetch = Callable[[str, "bytes | None", Mapping[str, str]], bytes]
"""A `Fetch` that also sends headers. `https_fetch` returns one, too."""

_FETCH_TIMEOUT_SECONDS = 5.0
_MAX_DOCUMENT_BYTES = 262_144
_NO_HEADERS: Mapping[str, str] = {}


def https_fetch(context: SSLContext | None = None, *, seconds: float = _FETCH_TIMEOUT_SECONDS) -> HttpsFetch:
    """Return a `Fetch` that uses httpx2: https, no redirects, no compression, at most 256 KiB.

    Args:
        context: The TLS context with the trusted root certificates. None: those of this machine.
        seconds: The deadline in seconds for the connection and the complete response. A DNS lookup is not
            interrupted.

    Returns:
        The function. It raises `ValueError` if the URL is not https, and `OSError` if the response is not
        200, too large or compressed.

    Raises:
        ImportError: If the extra `asymmetric` is not installed.
    """
    try:
        import httpx2
    except ImportError as missing:
        raise ImportError(
            "fetching keys requires httpx2; install it with: pip install 'webhook-verify[asymmetric]'"
        ) from missing

    def fetch(url: str, content: bytes | None = None, headers: Mapping[str, str] = _NO_HEADERS) -> bytes:
        if not url.startswith("https://"):
            raise ValueError("url must start with https://")
        # The size limit applies to the bytes received, so the response must not be compressed.
        sent = {"accept-encoding": "identity"}
        if content is not None:
            sent["content-type"] = "application/json"
        sent.update(headers)
        method = "GET" if content is None else "POST"
        trusted = True if context is None else context
        with (
            _Deadline(seconds) as deadline,
            httpx2.Client(verify=trusted, timeout=seconds, follow_redirects=False) as client,
            client.stream(
                method, url, content=content, headers=sent, extensions={"trace": deadline.trace}
            ) as response,
        ):
            if response.status_code != 200:
                raise OSError(f"the server responded with status {response.status_code}")
            document = b""
            for chunk in response.iter_raw():
                document += chunk
                if len(document) > _MAX_DOCUMENT_BYTES:
                    raise OSError(f"the document is larger than {_MAX_DOCUMENT_BYTES} bytes")
                deadline.check()
            deadline.check()  # the deadline may have closed the connection and so ended the document
            if response.headers.get("content-encoding", "identity") != "identity":
                raise OSError("the server compressed the document despite accept-encoding: identity")
            return document

    return fetch


class _Deadline:
    """Shuts the connection down after some seconds, whatever the fetch is waiting for.

    The timeout of an HTTP client restarts with each byte, so a server that sends one header line per second
    could keep the fetch waiting forever.
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
        """Raise TimeoutError after the deadline."""
        if time.monotonic() > self._at:
            raise TimeoutError("the document did not arrive in time")

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Record each new connection, as a trace hook of the HTTP client."""
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
                with suppress(OSError):  # the socket is already closed
                    # SSLSocket.shutdown would change the object while another thread reads from it.
                    socket.socket.shutdown(connected, socket.SHUT_RDWR)
