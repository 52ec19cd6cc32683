"""A server on loopback that stands in for an API: JSON in, JSON out, as a subclass decides."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

__all__ = ["Asked", "StandIn"]


class Asked(NamedTuple):
    """One request. Names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


class StandIn(ThreadingHTTPServer):
    """The server, in a with block. A subclass says what it answers: a status and what becomes JSON."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, asked: Asked) -> tuple[int, object]:
        raise NotImplementedError

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not wait for its answer is no news."""

    def __enter__(self) -> Any:
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self._thread.start()
        return super().__enter__()

    def __exit__(self, *exc_info: Any) -> None:
        self.shutdown()
        self._thread.join()
        super().__exit__(*exc_info)


class _Handler(BaseHTTPRequestHandler):
    server: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _do(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        status, answer = self.server.answer(Asked(self.command, self.path, headers, body))
        content = b"" if status == 204 else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _do  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
