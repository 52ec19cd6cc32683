"""A server of `benchmarks._server` in a separate process, and the requests for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks._apps import ACCEPTED, PATH
from benchmarks._deliveries import SECRET, event
from benchmarks._load import Load, load
from webhook_verify import Signer

BODY_SIZE = 1_000
CONNECTIONS = 16


@contextmanager
def server(adapter: str, way: str) -> Iterator[int]:
    """Start a server in a separate process, and yield its port. It is terminated at the end."""
    command = [sys.executable, "-m", "benchmarks._server", adapter, way]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()


async def one_round(port: int, requests: list[bytes], seconds: float) -> Load:
    """Send the requests in turn for some seconds, one at a time on each connection."""
    return await load(port, requests, ACCEPTED.encode(), connections=CONNECTIONS, seconds=seconds)


def signed_requests(count: int) -> list[bytes]:
    """Return this number of complete requests, signed now, each with its own message id."""
    body = event(BODY_SIZE, "utf-8")
    signer = Signer(SECRET)
    return [_request(body, signer.sign(body)) for _ in range(count)]


def _request(body: bytes, signed: dict[str, str]) -> bytes:
    headers = {
        "host": "127.0.0.1",
        "user-agent": "Svix-Webhooks/1.71.0",
        "accept": "*/*",
        "content-type": "application/json",
        "content-length": str(len(body)),
        **signed,
    }
    lines = [f"POST {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body
