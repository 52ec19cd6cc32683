"""A proxy that cuts connections at random, before and after the server has received the request."""

from __future__ import annotations

import contextlib
import http.client
import random
import socket
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

from tests.api.server import Behaviour, Received, Script, answer, half, reset

__all__ = ["RETRY_AFTER_SECONDS", "CuttingProxy"]

RETRY_AFTER_SECONDS = 2
_THEN = datetime(2099, 1, 1, tzinfo=UTC)
_DATES = {
    "date": format_datetime(_THEN, usegmt=True),
    "retry_after": format_datetime(_THEN + timedelta(seconds=RETRY_AFTER_SECONDS), usegmt=True),
}
_SECONDS = {"retry_after": str(RETRY_AFTER_SECONDS)}

# Faults of the proxy: the request does not reach the server.
_BEFORE: dict[str, Behaviour] = {
    "cut before": reset,
    "429 with seconds": answer(429, **_SECONDS),
    "429 with a date": answer(429, **_DATES),
    "503 with seconds": answer(503, **_SECONDS),
    "503 with a date": answer(503, **_DATES),
}
# Faults after the server has performed the request.
_AFTER: dict[str, Behaviour] = {"cut after": reset, "cut within the response": half}


class CuttingProxy(Script):
    """The proxy, in a with block. ``faults`` counts them by name.

    Three attempts in a row are spoiled at most, which is how many retries a client makes by default.
    """

    def __init__(self, server_url: str, seed: int, share: float = 0.35) -> None:
        super().__init__(reset)
        self._server = urlsplit(server_url).netloc
        self._random = random.Random(seed)
        self._share = share
        self._in_a_row = 0
        self.faults = Counter[str]()

    def behave(self, connection: socket.socket, request: Received) -> None:
        """Forward a request and its response, or spoil one of them."""
        fault = self._next_fault()
        if fault in _BEFORE:
            return _BEFORE[fault](connection)
        response = self._forward(request)
        return _AFTER[fault](connection) if fault in _AFTER else response(connection)

    def _next_fault(self) -> str | None:
        if self._in_a_row == 3 or self._random.random() >= self._share:
            self._in_a_row = 0
            return None
        self._in_a_row += 1
        fault = self._random.choice([*_BEFORE, *_AFTER])
        self.faults[fault] += 1
        return fault

    def _forward(self, request: Received) -> Behaviour:
        with contextlib.closing(http.client.HTTPConnection(self._server)) as upstream:
            upstream.request(request.method, request.target, request.body, request.headers)
            response = upstream.getresponse()
            return answer(response.status, response.read())

    @staticmethod
    def every_fault() -> Sequence[str]:
        """The names of all faults."""
        return [*_BEFORE, *_AFTER]
