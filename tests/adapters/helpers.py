"""Shared code of the adapters' tests: guards that only record calls, and a server."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import uvicorn

from webhook_verify import Delivery, RejectedDelivery
from webhook_verify.receiver import Observer, RequestHead
from webhook_verify.replay import AsyncReplayStore, ClaimOutcome, ClaimState, ReplayGuard, ReplayStore

__all__ = ["IN_FLIGHT", "IN_FLIGHT_ANSWER", "AsyncLedger", "Hearing", "Ledger", "served"]


CLAIMED = ClaimOutcome(ClaimState.CLAIMED)
IN_FLIGHT = ClaimOutcome(ClaimState.IN_FLIGHT, 5.0)
IN_FLIGHT_ANSWER = (503, b'{"result":"in_flight"}', "5")
"""The response in this case: the status, the body, and Retry-After."""


class Ledger(ReplayGuard[ReplayStore]):
    """A guard with a store that only records calls. Every claim has the same outcome."""

    def __init__(self, outcome: ClaimOutcome = CLAIMED) -> None:
        self.outcome: list[str] = []
        super().__init__(_Noting(self.outcome, outcome))


class AsyncLedger(ReplayGuard[AsyncReplayStore]):
    """The async variant of `Ledger`."""

    def __init__(self, outcome: ClaimOutcome = CLAIMED) -> None:
        self.outcome: list[str] = []
        super().__init__(_AsyncNoting(self.outcome, outcome))


class _Noting:
    def __init__(self, notes: list[str], outcome: ClaimOutcome) -> None:
        self.notes = notes
        self.outcome = outcome

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        return self.outcome

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        self.notes.append(f"extend {lease:g}")
        return True

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        self.notes.append("complete")
        return True

    def release(self, key: str, token: str) -> bool:
        self.notes.append("release")
        return True


class _AsyncNoting:
    def __init__(self, notes: list[str], outcome: ClaimOutcome) -> None:
        self._noting = _Noting(notes, outcome)

    async def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        await asyncio.sleep(0)
        return self._noting.claim(key, token, lease=lease, retention=retention)

    async def extend(self, key: str, token: str, *, lease: float) -> bool:
        return self._noting.extend(key, token, lease=lease)

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        await asyncio.sleep(0)
        return self._noting.complete(key, token, retention=retention)

    async def release(self, key: str, token: str) -> bool:
        await asyncio.sleep(0)
        return self._noting.release(key, token)


class Hearing(Observer):
    """An observer of replay protection that records its calls."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None: ...

    def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None: ...

    def on_duplicate(self, delivery: Delivery, head: RequestHead, state: ClaimState) -> None:
        self.heard.append(f"{delivery.id} at {head.path}: {state}")

    def on_lease_expired(self, delivery: Delivery, head: RequestHead) -> None:
        self.heard.append(f"{delivery.id} at {head.path}: expired")


@contextmanager
def served(app: Any) -> Generator[str]:
    """Serve an ASGI application with a real uvicorn on loopback, and yield its URL."""
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
