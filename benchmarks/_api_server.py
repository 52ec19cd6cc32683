"""The server for `benchmarks.api`: ``python -m benchmarks._api_server``. It prints its port.

It responds immediately with prepared bytes (a page of 250 endpoints to a GET, a message to a POST), so that
the benchmark measures the client.
"""

from __future__ import annotations

import asyncio
import json

ENDPOINTS = 250

_ENDPOINT = {
    "url": "https://example.com/webhook/",
    "description": "where Acme gets its invoices",
    "metadata": {"plan": "gold"},
    "createdAt": "2026-08-24T14:15:22Z",
    "updatedAt": "2026-08-24T14:15:22Z",
    "uid": "acme-invoices",
    "throttleRate": 10,
    "eventTypes": ["invoice.paid", "invoice.created"],
    "channels": ["project_123"],
    "disabled": False,
}
_PAGE = {
    "data": [{**_ENDPOINT, "id": f"ep_{number:027}"} for number in range(ENDPOINTS)],
    "iterator": f"ep_{ENDPOINTS - 1:027}",
    "prevIterator": f"-ep_{0:027}",
    "done": True,
}
_MESSAGE = {
    "id": f"msg_{7:027}",
    "eventType": "invoice.paid",
    "payload": {"m": "FILTERED"},
    "timestamp": "2026-08-24T14:15:22Z",
}


def _answer(status: bytes, value: object) -> bytes:
    body = json.dumps(value).encode()
    head = b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % (status, len(body)) + body


_ANSWERS = {b"G": _answer(b"200 OK", _PAGE), b"P": _answer(b"202 Accepted", _MESSAGE)}


class _Talk(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        lengths = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        if len(body) >= int(lengths[0] if lengths else 0):
            self._received = b""
            self._transport.write(_ANSWERS[head[:1]])


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
