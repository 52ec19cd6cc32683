"""What the tests of several adapters share: guards that only note what they are asked, and a server."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import uvicorn

from webhook_verify import Delivery
from webhook_verify.receiver import Answer, AsyncClaim, Claim

__all__ = ["AsyncLedger", "Ledger", "served"]


class Ledger:
    """Notes what becomes of a claim; stands where replay protection will."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.answer = answer
        self.outcome: list[str] = []

    def claim(self, delivery: Delivery) -> Claim | Answer:
        return self if self.answer is None else self.answer

    def complete(self) -> None:
        self.outcome.append("complete")

    def release(self) -> None:
        self.outcome.append("release")


class AsyncLedger:
    """As :class:`Ledger`, awaited."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.answer = answer
        self.outcome: list[str] = []

    async def claim(self, delivery: Delivery) -> AsyncClaim | Answer:
        return self if self.answer is None else self.answer

    async def complete(self) -> None:
        self.outcome.append("complete")

    async def release(self) -> None:
        self.outcome.append("release")


@contextmanager
def served(app: Any) -> Generator[str]:
    """An ASGI application behind a real uvicorn on loopback; gives its URL."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listening.close()
