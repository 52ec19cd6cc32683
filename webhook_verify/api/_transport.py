"""The httpx2 clients of a sender: one for each process, or for each event loop under asyncio.

A client from the application cannot be created again here. It is rejected where it could mix up responses:
in a child process after its parent has used it, and on a second event loop.
"""

from __future__ import annotations

import os
import ssl
from functools import lru_cache, partial

import httpx2

from webhook_verify.event_loops import BoundToLoop, PerLoop
from webhook_verify.forks import PerProcess

__all__ = ["AsyncTransport", "Transport"]

_LIMITS = httpx2.Limits(max_connections=100, max_keepalive_connections=100)
_CLOSED = "the client is closed: create a new one, or make the call inside its with block"


class Transport:
    """The connections of a synchronous sender.

    Args:
        http_client: The client to send with. None: each process gets its own client.

    Raises:
        TypeError: If `http_client` is not an httpx2 client of the right kind.
    """

    def __init__(self, http_client: object = None) -> None:
        if not isinstance(http_client, httpx2.Client | None):
            raise TypeError(f"http_client must be an httpx2.Client, not {type(http_client).__name__!r}")
        self._is_closed = False
        self._given = http_client
        self._used_in = 0  # Id of the process that has used `http_client`.
        context = _ssl_context() if http_client is None else True
        self._own = PerProcess(partial(httpx2.Client, limits=_LIMITS, verify=context))
        self.headers = dict((http_client or self._own.get()).headers)

    def client(self) -> httpx2.Client:
        """Return the client for a request. Raises RuntimeError if it is closed or unusable here."""
        client = self._given
        if client is None:
            client = self._own.get()
        elif self._used_in != os.getpid():
            if self._used_in:
                raise RuntimeError(
                    "http_client was used before this process was forked, so its connections are shared with "
                    "the parent. Create the client after the fork, or omit http_client"
                )
            self._used_in = os.getpid()
        if self._is_closed or client.is_closed:
            raise RuntimeError(_CLOSED)
        return client

    def close(self) -> None:
        """Close the connections of this process permanently."""
        self._is_closed = True
        client = self._given or self._own.pop()
        if client is not None:
            client.close()


class AsyncTransport:
    """The connections of an asynchronous sender.

    Args:
        http_client: The client to send with. None: each event loop gets its own client, closed with the loop.

    Raises:
        TypeError: If `http_client` is not an httpx2 client of the right kind.
    """

    def __init__(self, http_client: object = None) -> None:
        if not isinstance(http_client, httpx2.AsyncClient | None):
            raise TypeError(f"http_client must be an httpx2.AsyncClient, not {type(http_client).__name__!r}")
        self._is_closed = False
        self._clients: PerLoop[httpx2.AsyncClient] | BoundToLoop[httpx2.AsyncClient]
        if http_client is None:
            make = partial(httpx2.AsyncClient, limits=_LIMITS, verify=_ssl_context())
            self._clients = PerLoop("the client", make, httpx2.AsyncClient.aclose)
            self.headers = dict(make().headers)
        else:
            self._clients = BoundToLoop(
                http_client, "http_client", "Omit http_client, or create a client for each event loop"
            )
            self.headers = dict(http_client.headers)

    def client(self) -> httpx2.AsyncClient:
        """Return the client for a request. Raises RuntimeError if it is closed or unusable here."""
        if self._is_closed:
            raise RuntimeError(_CLOSED)
        client = self._clients.get()
        if client.is_closed:
            raise RuntimeError(_CLOSED)
        return client

    async def close(self) -> None:
        """Close the connections of this event loop permanently. Other loops close theirs when they end."""
        self._is_closed = True
        if isinstance(self._clients, BoundToLoop):
            await self._clients.value.aclose()
        else:
            await self._clients.aclose()


def _ssl_context() -> ssl.SSLContext:
    """Return the default TLS context of httpx2, which all clients share: loading it takes 20 to 50 ms."""
    # httpx2 reads these variables, so a client that is created after a change needs another context.
    return _context_of(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@lru_cache(maxsize=4)
def _context_of(_cert_file: str | None, _cert_dir: str | None) -> ssl.SSLContext:
    return httpx2.create_ssl_context()
