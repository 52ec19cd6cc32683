"""A load client with little overhead: keep-alive connections with one request at a time.

It raises an exception at an unexpected response, so that a fast rejection is never counted as a success.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from time import perf_counter, process_time


@dataclass(frozen=True)
class Load:
    """The result of a round: the responses per second, and the CPU share of this client (0 to 1)."""

    per_second: float
    client_busy: float


async def load(
    port: int, requests: Sequence[bytes], answer: bytes, *, connections: int, seconds: float
) -> Load:
    """Send the requests in turn to a port on loopback for some seconds."""
    loop = asyncio.get_running_loop()
    talks = [_Talk(requests[number::connections], answer) for number in range(connections)]
    try:
        for talk in talks:
            await loop.create_connection(lambda talk=talk: talk, "127.0.0.1", port)  # type: ignore[misc]
        start, cpu = perf_counter(), process_time()
        for talk in talks:
            talk.send()
        await asyncio.sleep(seconds)
        taken, cpu = perf_counter() - start, process_time() - cpu
        answered = sum(talk.answered for talk in talks)
    finally:
        for talk in talks:
            talk.close()
    failed = [talk.failure for talk in talks if talk.failure]
    if failed or not answered:
        raise RuntimeError(f"unexpected response: {(failed or ['nothing'])[0]}")
    return Load(answered / taken, cpu / taken)


class _Talk(asyncio.Protocol):
    """A connection that sends a request, waits for the complete response, and sends the next one."""

    def __init__(self, requests: Sequence[bytes], answer: bytes) -> None:
        self.answered = 0
        self.failure = ""
        self._requests = cycle(requests)
        self._answer = b"\r\n\r\n" + answer
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self) -> None:
        if self._transport is not None:
            self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._received.startswith(b"HTTP/1.1 200 "[: len(self._received)]):
            self.failure = repr(self._received[:80])
            self.close()
        elif self._received.endswith(self._answer):
            self._received = b""
            self.answered += 1
            self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None and not self.failure:
            self.failure = f"connection lost: {exc}"

    def close(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()
