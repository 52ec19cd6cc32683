"""A simulated provider: it delivers each message several times, and retries until the response is a 2xx.

Its times are shortened: no delay is longer than a second, regardless of Retry-After. It does not wait for
some responses.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import httpx2

from tests.chaos.apps import HANDLED
from tests.chaos.messages import FORGERIES, Message
from tests.integrations.sender import PATH

__all__ = ["Provider", "Sent", "client_for"]

_MAX_WAIT_SECONDS = 1.0
_SECONDS_TO_ANSWER = 10.0
_SECONDS_TO_GIVE_UP = 120.0
_MOMENT = 0.3
_HOSTILE, _IMPATIENT = 0.1, 0.05

# Responses to a valid delivery: the handler failed, it is in flight, the store is unavailable.
_COME_BACK = {409, 500, 503}
_WITH_RETRY_AFTER = {409, 503}


@dataclass
class Sent:
    """The requests and responses."""

    messages: int = 0
    deliveries: int = 0
    attempts: int = 0
    hostile: int = 0
    answers: Counter[int] = field(default_factory=Counter[int])
    broken: int = 0
    hung_up: int = 0
    timed_out: int = 0
    handled: set[int] = field(default_factory=set[int])
    """Messages with a response from the handler."""
    handled_before: Counter[int] = field(default_factory=Counter[int])
    """The number of deliveries with the response to a duplicate, by message."""
    given_up: list[int] = field(default_factory=list[int])
    wrong: list[str] = field(default_factory=list[str])


def client_for(port: int) -> httpx2.AsyncClient:
    """Return a client with a new connection for each request, so that any worker may receive it."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx2.AsyncClient(
        base_url=f"http://127.0.0.1:{port}",
        headers={"connection": "close", "content-type": "application/json"},
        limits=limits,
        timeout=_SECONDS_TO_ANSWER,
        trust_env=False,
    )


class Provider:
    """Sends the messages, ``at_once`` at a time."""

    def __init__(
        self, client: httpx2.AsyncClient, messages: Sequence[Message], random: Random, at_once: int
    ) -> None:
        self.sent = Sent()
        self._client = client
        self._messages = messages
        self._random = random
        self._places = asyncio.Semaphore(at_once)

    @property
    def progress(self) -> float:
        """Return the share of the finished messages, between 0 and 1."""
        return self.sent.messages / len(self._messages)

    async def send_all(self) -> None:
        """Return when every delivery got a 2xx response or was abandoned."""
        async with asyncio.TaskGroup() as tasks:
            for message in self._messages:
                await self._places.acquire()
                tasks.create_task(self._send(message))

    async def _send(self, message: Message) -> None:
        copies = self._random.choice((2, 2, 2, 3))
        async with asyncio.TaskGroup() as tasks:
            for _ in range(copies):
                tasks.create_task(self._deliver(message))
            if self._random.random() < _HOSTILE:
                tasks.create_task(self._attack(message))
        self.sent.messages += 1
        self._places.release()

    async def _deliver(self, message: Message) -> None:
        """Send a delivery until the response is a 2xx."""
        self.sent.deliveries += 1
        # Most are sent at the same time, some after another was handled, or is late.
        await asyncio.sleep(self._random.choice((0.0, 0.02, 0.1, 1.2)) * self._random.random())
        until, attempt = time.monotonic() + _SECONDS_TO_GIVE_UP, 0
        while time.monotonic() < until:
            attempt += 1
            hangs_up = self._random.random() < _IMPATIENT
            answer = await self._post(message.signed(), message.body, hangs_up=hangs_up)
            if answer is not None and answer.is_success:
                self._note_success(message, answer)
                return
            await asyncio.sleep(self._wait(message, answer, attempt))
        self.sent.given_up.append(message.number)

    def _note_success(self, message: Message, answer: httpx2.Response) -> None:
        if answer.content == HANDLED:
            self.sent.handled.add(message.number)
        elif answer.json() == {"result": "handled_before"}:
            self.sent.handled_before[message.number] += 1
        else:
            self.sent.wrong.append(f"{message.id}: {answer.status_code} {answer.text[:40]}")

    def _wait(self, message: Message, answer: httpx2.Response | None, attempt: int) -> float:
        backoff: float = 0.05 * 2 ** min(attempt, 10) * self._random.random()
        if answer is None:
            return min(backoff, _MAX_WAIT_SECONDS)
        status, asked = answer.status_code, str(answer.headers.get("retry-after", ""))
        if status not in _COME_BACK or (status in _WITH_RETRY_AFTER) != (asked.isdecimal() and asked != "0"):
            self.sent.wrong.append(f"{message.id}: {status}, Retry-After {asked!r}")
        return min(max(backoff, float(asked or 0)), _MAX_WAIT_SECONDS)

    async def _attack(self, message: Message) -> None:
        """Send a forgery with the id of the message until there is a response."""
        self.sent.hostile += 1
        name = self._random.choice(sorted(FORGERIES))
        headers, expected = FORGERIES[name]
        answer = None
        while answer is None:
            answer = await self._post(headers(message), message.forged().body)
        if answer.status_code != expected:
            self.sent.wrong.append(f"{name}: {answer.status_code} instead of {expected}")

    async def _post(
        self, headers: list[tuple[str, str]], body: bytes, *, hangs_up: bool = False
    ) -> httpx2.Response | None:
        """Return the response, or None if the connection failed or timed out."""
        self.sent.attempts += 1
        patience = _MOMENT * self._random.random() if hangs_up else _SECONDS_TO_ANSWER
        try:
            answer = await self._client.post(PATH, content=body, headers=headers, timeout=patience)
        except httpx2.TimeoutException:
            self.sent.hung_up += hangs_up
            self.sent.timed_out += not hangs_up
            return None
        except httpx2.TransportError:
            self.sent.broken += 1
            return None
        self.sent.answers[answer.status_code] += 1
        return answer
