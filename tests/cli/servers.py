"""Receivers on loopback for the tests of what sends: they answer, and keep what came."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Came", "serving"]

Answer = Callable[[dict[str, str], bytes], tuple[int, bytes]]
"""Headers (names in lower case) and body to a status and a body."""


@dataclass
class Came:
    """What came to ``url``: (headers, body) each."""

    url: str = ""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def serving(answer: Answer) -> Generator[Came]:
    """A receiver that answers so, in a thread, until the block ends."""
    came = Came()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            came.requests.append((headers, body))
            self._answer(*answer(headers, body))

        def do_HEAD(self) -> None:
            self._answer(200, b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """The tests need no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        came.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield came
        finally:
            server.shutdown()
            thread.join()
