"""The uvicorn server of `listen`, which runs in a separate thread."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import httpx2
import uvicorn

from webhook_verify.adapters._asgi import App
from webhook_verify.cli.usage_errors import UsageError

__all__ = ["bound_socket", "serving", "socket_origin"]

_SHUTDOWN_TIMEOUT_SECONDS = 3  # for requests that are in progress at the interrupt


@contextmanager
def bound_socket(host: str, port: int) -> Generator[socket.socket]:
    """Yield a socket that is bound to the address. Raises UsageError if this is not possible."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # The explicit protocol lets asyncio disable Nagle's algorithm, which would add a delay of 40 ms.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        raise UsageError("--host must be an IP address of this machine, such as 127.0.0.1") from None
    with listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
        except OSError as error:
            raise UsageError(
                f"cannot listen on port {port}: {error.strerror}; use --port 0 for any free port"
            ) from None
        yield listening


def socket_origin(listening: socket.socket) -> str:
    """Return the origin of a bound socket, such as `http://127.0.0.1:4242`."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def serving(
    application: App,
    client: httpx2.AsyncClient,
    listening: socket.socket,
    on_failure: Callable[[BaseException], None],
) -> Generator[None]:
    """Serve the application until the end of the block. SIGTERM raises KeyboardInterrupt, like Ctrl-C.

    `client` is closed afterwards. `on_failure` is called with an error of the server thread.
    """
    logging.getLogger("webhook_verify").addHandler(logging.NullHandler())  # the reporter prints the same
    config = uvicorn.Config(
        application,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_TIMEOUT_SECONDS,
    )
    server = uvicorn.Server(config)

    async def serve() -> None:
        async with client:
            await server.serve(sockets=[listening])

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:
            on_failure(error)

    thread = threading.Thread(target=run, daemon=True)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=_SHUTDOWN_TIMEOUT_SECONDS + 2)
        signal.signal(signal.SIGTERM, before)
