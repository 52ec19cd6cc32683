"""A known secret stays in use, and a delivery that matches it never waits for the secret source."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.fake_server import Asked, StandIn
from tests.forks import forking, in_children
from tests.waiting import patience
from webhook_verify import AsyncReceiver, KeyUnavailable, Receiver, SignatureMismatch, Signer
from webhook_verify.api.secret_source import GRACE_SECONDS, AsyncSecretSource, SecretSource
from webhook_verify.api.svix import AsyncSvix, AsyncSvixSecretSource
from webhook_verify.receiver import RequestHead

OLD, NEW, FORGED = (f"whsec_{letter * 32}" for letter in "oNf")
BODY = b"{}"


class ClientError(Exception):
    """As botocore's."""


class Store:
    """Has the secret. ``error`` is raised instead, and ``gate`` holds up what is not the first fetch."""

    def __init__(self) -> None:
        self.secret, self.asked, self.now = OLD, 0, 0.0
        self.error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def fetch(self) -> str:
        self.asked += 1
        if self.asked > 1:
            assert self.gate.wait(patience(20))
        if self.error is not None:
            raise self.error
        return self.secret

    async def fetch_async(self) -> str:
        self.asked += 1
        while self.asked > 1 and not self.gate.is_set():
            await asyncio.sleep(0.005)
        if self.error is not None:
            raise self.error
        return self.secret


def signed(secret: str) -> dict[str, str]:
    return Signer(secret).sign(BODY)


def head(secret: str) -> RequestHead:
    return RequestHead("POST", "/", signed(secret))


def blocking(store: Store, **options: Any) -> Callable[[str], bytes]:
    source = SecretSource(store.fetch, monotonic=lambda: store.now, **options)
    receiver = Receiver(source)
    return lambda secret: receiver.begin(head(secret)).finish(BODY).body


def for_jobs(store: Store, **options: Any) -> Callable[[str], bytes]:
    """A loop for each delivery, as in an async view under WSGI."""
    source = AsyncSecretSource(store.fetch_async, monotonic=lambda: store.now, **options)
    receiver = AsyncReceiver(source)

    async def receive(secret: str) -> bytes:
        return (await receiver.finish(await receiver.begin(head(secret)), BODY)).body

    return lambda secret: asyncio.run(receive(secret))


each_way = pytest.mark.parametrize("way", [blocking, for_jobs], ids=lambda way: way.__name__)


@each_way
@pytest.mark.parametrize(
    "error", [ClientError("throttled"), KeyError("key"), TimeoutError(), OSError("away")], ids=repr
)
def test_a_known_secret_stays_in_use_whatever_its_source_raises(
    way: Any, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store()
    receive = way(store, interval=60, max_age=3600)
    assert receive(OLD) == BODY
    store.error = error
    with caplog.at_level(logging.WARNING, "webhook_verify"):
        for hour in range(1, 4):
            store.now = 3600.0 * hour
            assert [receive(OLD) for _ in range(20)] == [BODY] * 20
            assert store.asked == 1 + hour
    lines = [
        record.message
        for record in caplog.records
        if "could not refresh the signing secret" in record.message
    ]
    assert len(lines) == 3
    assert type(error).__name__ in lines[0]


@each_way
def test_a_source_that_returns_no_text_leaves_the_secret_in_use(way: Any) -> None:
    store = Store()
    receive = way(store)
    receive(OLD)
    store.secret, store.now = None, 3600.0  # type: ignore[assignment]
    assert [receive(OLD) for _ in range(3)] == [BODY] * 3


@each_way
def test_the_first_failure_goes_through_and_the_source_is_not_stormed(way: Any) -> None:
    store = Store()
    receive = way(store)
    store.error = ClientError("denied")
    with pytest.raises(ClientError, match="denied"):
        receive(OLD)
    store.error = None
    store.now = 5.0
    assert receive(OLD) == BODY


@each_way
def test_no_genuine_delivery_waits_for_a_source_that_hangs(way: Any) -> None:
    store = Store()
    receive = way(store)
    receive(OLD)
    store.gate.clear()
    try:
        with pytest.raises((SignatureMismatch, KeyUnavailable)):
            receive(FORGED)
        begun = time.perf_counter()
        assert [receive(OLD) for _ in range(10)] == [BODY] * 10
        assert time.perf_counter() - begun < patience(0.5 + GRACE_SECONDS)
        store.now = 3600.0
        begun = time.perf_counter()
        assert [receive(OLD) for _ in range(10)] == [BODY] * 10
        assert time.perf_counter() - begun < patience(0.5 + 2 * GRACE_SECONDS)
    finally:
        store.gate.set()


def test_of_a_flood_of_forgeries_only_a_few_wait_for_a_source_that_hangs() -> None:
    store = Store()
    receive = blocking(store)
    receive(OLD)
    store.gate.clear()
    results: list[str] = []
    waited: list[float] = []

    def forge() -> None:
        begun = time.perf_counter()
        try:
            receive(FORGED)
        except (KeyUnavailable, SignatureMismatch) as error:
            results.append(type(error).__name__)
        waited.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=forge) for _ in range(60)]
    for thread in threads:
        thread.start()
    assert receive(OLD) == BODY
    for thread in threads:
        thread.join(patience(20))
    store.gate.set()
    assert set(results) == {"KeyUnavailable"}
    assert store.asked == 2
    assert sum(seconds > 0.9 for seconds in waited) <= 17


def test_a_delivery_that_nobody_can_decide_about_is_answered_so_that_the_sender_tries_again() -> None:
    store = Store()
    receiver = Receiver(SecretSource(store.fetch))

    def receive(secret: str) -> object:
        return receiver.handle_request(head(secret), [BODY], lambda delivery: 200, int)

    assert receive(OLD) == 200
    store.secret = NEW
    store.gate.clear()
    response = receive(NEW)
    assert getattr(response, "status", response) == 503
    store.gate.set()
    assert receive(NEW) == 200


def test_jobs_that_end_before_the_source_answers_notice_a_rotation() -> None:
    store = Store()
    receive = for_jobs(store)
    receive(OLD)
    store.secret = NEW
    store.gate.clear()
    for _ in range(3):
        with pytest.raises(SignatureMismatch):
            receive(NEW)
    store.gate.set()
    end = time.monotonic() + patience(5)
    while time.monotonic() < end:
        try:
            assert receive(NEW) == BODY
            break
        except SignatureMismatch:
            time.sleep(0.01)
    assert receive(NEW) == BODY
    with pytest.raises(SignatureMismatch):
        receive(OLD)


def test_a_loop_that_lives_notices_a_rotation_by_a_task_of_its_own() -> None:
    store = Store()

    async def run() -> None:
        loops: list[asyncio.AbstractEventLoop] = []

        async def fetch() -> str:
            loops.append(asyncio.get_running_loop())
            return await store.fetch_async()

        source = AsyncSecretSource(fetch)
        assert (await source.verify(BODY, signed(OLD))).body == BODY
        store.secret = NEW
        bodies = [source.verify(BODY, signed(NEW)) for _ in range(20)]
        assert [delivery.body for delivery in await asyncio.gather(*bodies)] == [BODY] * 20
        assert loops == [asyncio.get_running_loop()] * 2

    asyncio.run(run())


class Api(StandIn):
    def answer(self, asked: Asked) -> tuple[int, object]:
        return 200, {"key": OLD}


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # anyio, of a cancelled connect
def test_a_forgery_on_another_loop_does_no_harm_to_a_source_at_svix() -> None:
    with Api() as api:
        source = AsyncSvixSecretSource(AsyncSvix("t", server_url=api.url), "acme", "ep_1", interval=1e-3)
        receiver = AsyncReceiver(source)

        async def receive(secret: str) -> bytes:
            return (await receiver.finish(await receiver.begin(head(secret)), BODY)).body

        for _ in range(5):
            assert asyncio.run(receive(OLD)) == BODY
            with pytest.raises(SignatureMismatch):
                asyncio.run(receive(FORGED))
            time.sleep(0.002)
    gc.collect()


@forking
@each_way
def test_a_fetch_that_is_under_way_at_the_fork_is_made_again_in_the_child(way: Any) -> None:
    store = Store()
    receive = way(store)
    receive(OLD)
    store.gate.clear()
    store.now = 3600.0
    assert receive(OLD) == BODY  # starts the fetch

    def in_child(number: int) -> bool:
        store.secret = NEW
        store.gate = threading.Event()
        store.gate.set()
        for _ in range(200):
            try:
                return bool(receive(NEW) == BODY)
            except SignatureMismatch:
                time.sleep(0.01)
        return False

    assert in_children(1, in_child) == [True]
    store.gate.set()
