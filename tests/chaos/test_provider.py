"""The simulated provider retries correctly, and reports a response that no guarantee permits."""

from __future__ import annotations

import asyncio
from random import Random

import httpx2
import pytest

from tests.chaos.apps import HANDLED
from tests.chaos.messages import Message
from tests.chaos.provider import Provider, Sent

FORGED = b'"number": -1'
FINE = httpx2.Response(200, content=HANDLED)


def sent_to(*answers: httpx2.Response) -> Sent:
    """What was sent to a server that gives these answers in turn, and then is fine for good."""
    left = list(answers)

    def answer(request: httpx2.Request) -> httpx2.Response:
        if FORGED in request.content:
            return httpx2.Response(401 if "webhook-signature" in request.headers else 400)
        known = left.pop(0) if left else FINE
        return httpx2.Response(known.status_code, headers=known.headers, content=known.content)

    async def send() -> Sent:
        transport = httpx2.MockTransport(answer)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            provider = Provider(client, [Message(0, 0.0)], Random(2), at_once=1)
            await provider.send_all()
            return provider.sent

    return asyncio.run(send())


def waiting(status: int, seconds: str = "1") -> httpx2.Response:
    return httpx2.Response(status, headers={"retry-after": seconds})


@pytest.mark.parametrize("answer", [waiting(409), waiting(503), httpx2.Response(500)], ids=[409, 503, 500])
def test_it_comes_back_until_it_is_handled(answer: httpx2.Response) -> None:
    sent = sent_to(answer)

    assert sent.attempts == sent.deliveries + sent.hostile + 1
    assert (sent.handled, sent.given_up, sent.wrong) == ({0}, [], [])


WRONG = {
    "refused": httpx2.Response(401),
    "malformed": httpx2.Response(400),
    "in flight, for ever": httpx2.Response(409),
    "in flight, for no time": waiting(409, "0"),
    "away, for ever": httpx2.Response(503),
    "fine, and nobody knows why": httpx2.Response(200, content=b"{}"),
}


@pytest.mark.parametrize("name", WRONG)
def test_it_sees_a_wrong_answer(name: str) -> None:
    assert len(sent_to(WRONG[name]).wrong) == 1


def test_a_duplicate_is_told_from_a_handling() -> None:
    before = httpx2.Response(200, json={"result": "handled_before"})

    sent = sent_to(FINE, before)

    assert (sent.handled, sent.handled_before.total(), sent.wrong) == ({0}, 1, [])
