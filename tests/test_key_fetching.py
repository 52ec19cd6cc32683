"""Key fetching with an event loop: a cached key needs no thread, and forgeries use few threads."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections import Counter
from hashlib import sha256
from typing import Any

import pytest
import trio

from tests.providers.key_pairs import jwk_of, p256
from tests.providers.samples.plaid import CREDENTIALS, SAMPLE
from tests.request_heads import Hearing
from webhook_verify import AsyncReceiver, Receiver, RejectedDelivery, Verifier
from webhook_verify.http import RequestHead
from webhook_verify.receiver.key_fetching import MAX_FETCHES, MAX_QUEUED, MAX_WAITING_TASKS
from webhook_verify.receiver.receivers import _AwaitedReceiver
from webhook_verify.schemes.providers.plaid import Plaid

NOW = 1_790_000_000


def encoded(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged(key_id: str, body: bytes = b"{}") -> dict[str, str]:
    claims = {"iat": NOW, "request_body_sha256": sha256(body).hexdigest()}
    token = f"{encoded({'alg': 'ES256', 'kid': key_id})}.{encoded(claims)}.{'A' * 86}"
    return {"plaid-verification": token}


class Provider:
    """Plaid, which answers once it is let; knows one key."""

    def __init__(self, *, answers: bool = True) -> None:
        self.may_answer = threading.Event()
        if answers:
            self.may_answer.set()
        self.fetches: Counter[str] = Counter()
        self.threads: set[int] = set()
        self._lock = threading.Lock()

    def fetch(self, url: str, content: bytes | None = None) -> bytes:
        key_id = json.loads(content or b"")["key_id"]
        with self._lock:
            self.fetches[key_id] += 1
            self.threads.add(threading.get_ident())
        assert self.may_answer.wait(20)
        if key_id != "6c5516e1-92dc":
            raise OSError("the server responded with status 400")
        return json.dumps({"key": {**jwk_of(p256(0), key_id), "expired_at": None}}).encode()

    def verifier(self) -> Verifier:
        return Verifier(CREDENTIALS, scheme=Plaid(fetch=self.fetch), clock=lambda: NOW)


def on_to_thread(verifier: Verifier, **options: Any) -> AsyncReceiver:
    return _AwaitedReceiver(Receiver(verifier, **options), asyncio.to_thread)


RECEIVERS = pytest.mark.parametrize("make", [AsyncReceiver, on_to_thread], ids=["async", "blocking"])


async def answered_status(receiver: AsyncReceiver, headers: dict[str, str], body: bytes = b"{}") -> int:
    async def run(delivery: object) -> int:
        return 204

    response: Any = await receiver.handle_request(RequestHead("POST", "/hook", headers), [body], run, int)
    return response if isinstance(response, int) else response.status


def threads_of_the_loop() -> int:
    return sum(thread.name.startswith("asyncio_") for thread in threading.enumerate())


@RECEIVERS
def test_a_cached_key_is_used_without_a_thread(make: Any) -> None:
    provider = Provider()
    body, headers = SAMPLE.signed(timestamp=NOW)
    hearing = Hearing()

    async def run() -> None:
        receiver = make(provider.verifier(), observer=hearing)
        assert await answered_status(receiver, headers, body) == 204
        before = threads_of_the_loop()
        other = {**headers, "plaid-verification": headers["plaid-verification"][:-2] + "AA"}
        for _ in range(20):
            assert await answered_status(receiver, headers, body) == 204
            assert await answered_status(receiver, other, body) == 401
        # A blocking receiver begins in a thread, for its lookup may block.
        assert threads_of_the_loop() == before or make is on_to_thread

    asyncio.run(run())
    assert sum(provider.fetches.values()) == 1
    assert len(hearing.heard) == 41


def test_a_key_is_fetched_under_trio() -> None:
    provider = Provider()
    body, headers = SAMPLE.signed(timestamp=NOW)
    receiver = AsyncReceiver(provider.verifier())
    statuses = [trio.run(answered_status, receiver, headers, sent) for sent in (body, body, body + b" ")]
    assert statuses == [204, 204, 401]
    assert provider.fetches.total() == 1


@RECEIVERS
@pytest.mark.parametrize("is_one_name", [True, False])
def test_forged_deliveries_leave_the_threads_of_the_application_alone(make: Any, is_one_name: bool) -> None:
    provider = Provider(answers=False)

    async def run() -> list[int]:
        receiver = make(provider.verifier())
        names = ["invented" if is_one_name else f"invented-{number}" for number in range(60)]
        tasks = [asyncio.create_task(answered_status(receiver, forged(name))) for name in names]
        while len(provider.threads) < (1 if is_one_name else MAX_FETCHES):
            await asyncio.sleep(0.01)
        await asyncio.wait_for(asyncio.to_thread(lambda: None), 5)
        provider.may_answer.set()
        return list(await asyncio.gather(*tasks))

    assert asyncio.run(run()) == [503] * 60
    assert len(provider.threads) <= MAX_FETCHES
    assert provider.fetches.total() <= (1 if is_one_name else MAX_FETCHES + MAX_QUEUED)


@RECEIVERS
def test_genuine_deliveries_wait_for_the_first_fetch_of_their_key(make: Any) -> None:
    provider = Provider(answers=False)
    body, headers = SAMPLE.signed(timestamp=NOW)

    async def run() -> list[int]:
        receiver = make(provider.verifier())
        deliveries = [answered_status(receiver, headers, body) for _ in range(MAX_WAITING_TASKS + 9)]
        tasks = [asyncio.create_task(delivery) for delivery in deliveries]
        rejected = len(tasks) - MAX_WAITING_TASKS - 1
        while sum(task.done() for task in tasks) < rejected:
            await asyncio.sleep(0.01)
        provider.may_answer.set()
        return list(await asyncio.gather(*tasks))

    answers = Counter(asyncio.run(run()))
    assert provider.fetches.total() == 1
    assert answers[204] == MAX_WAITING_TASKS + 1, "one fetches, and so many wait"
    assert answers[503] == 8


@RECEIVERS
def test_a_key_is_fetched_with_an_explanation_in_the_log_as_well(make: Any, caplog: Any) -> None:
    provider = Provider()
    body, headers = SAMPLE.signed(timestamp=NOW)

    async def run(receiver: AsyncReceiver, sent: bytes) -> tuple[str, int]:
        incoming = await receiver.begin(RequestHead("POST", "/hook", headers))
        try:
            delivery = await receiver.finish(incoming, sent)
        except RejectedDelivery as error:
            return incoming.message_id, error.status_hint
        return delivery.id, 204

    receiver = make(provider.verifier(), diagnose=True)
    assert asyncio.run(run(receiver, body)) == ("", 204)
    assert asyncio.run(run(receiver, body + b" ")) == ("", 401)
    assert provider.fetches.total() == 1
    lines = [record for record in caplog.records if record.name == "webhook_verify.diagnosis"]
    assert len(lines) == 1


def test_a_cancelled_delivery_gives_its_place_back() -> None:
    provider = Provider(answers=False)
    body, headers = SAMPLE.signed(timestamp=NOW)

    async def run() -> int:
        receiver = AsyncReceiver(provider.verifier())
        for _ in range(3):
            names = [f"invented-{number}" for number in range(MAX_FETCHES + MAX_QUEUED)]
            tasks = [asyncio.create_task(answered_status(receiver, forged(name))) for name in names]
            await asyncio.sleep(0.05)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        provider.may_answer.set()
        await asyncio.sleep(0.2)
        return await answered_status(receiver, headers, body)

    assert asyncio.run(run()) == 204


def test_threads_of_a_blocking_receiver_that_wait_are_few() -> None:
    """Of 40 requests with one invented key, one fetches, 16 wait, and the others are answered at once."""
    provider = Provider(answers=False)
    receiver = Receiver(provider.verifier())
    answers: list[int] = []

    def serve() -> None:
        head = RequestHead("POST", "/hook", forged("invented"))
        response: Any = receiver.handle_request(head, [b"{}"], lambda delivery: 204, int)
        answers.append(response.status)

    threads = [threading.Thread(target=serve) for _ in range(40)]
    for thread in threads:
        thread.start()
    give_up_at = time.monotonic() + 30
    while len(answers) < 40 - 17 and time.monotonic() < give_up_at:
        time.sleep(0.01)
    assert len(answers) == 40 - 17
    provider.may_answer.set()
    for thread in threads:
        thread.join()
    assert answers == [503] * 40
    assert provider.fetches.total() == 1


def test_the_address_of_the_caller_reaches_the_budgets() -> None:
    """A first delivery from another network passes while forged ones have used up the budgets."""
    provider = Provider()
    body, headers = SAMPLE.signed(timestamp=NOW)
    verifier = provider.verifier()
    receiver = Receiver(verifier, trusted_proxies=["10.0.0.0/8"])
    assert receiver.needs_request_target

    def serve(headers: dict[str, str], body: bytes, caller: str) -> int:
        headers = {**headers, "x-forwarded-for": caller}
        head = RequestHead("POST", "/hook", headers, peer="10.0.0.1")
        response: Any = receiver.handle_request(head, [body], lambda delivery: 204, int)
        return response if isinstance(response, int) else int(response.status)

    for number in range(100):
        assert serve(forged(f"invented-{number}"), b"{}", "203.0.113.9") == 503
    assert serve(headers, body, "203.0.113.9") == 503
    assert serve(headers, body, "198.51.100.7") == 204
