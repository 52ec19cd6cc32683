"""A rotation takes effect with the next delivery that needs it, and a flood of deliveries fetches once."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.server import Script, answer
from webhook_verify import (
    APIConnectionError,
    AsyncReceiver,
    Delivery,
    InvalidSecret,
    Receiver,
    SignatureMismatch,
    Signer,
    TimestampOutsideTolerance,
)
from webhook_verify.api.secret_source import AsyncSecretSource, SecretSource
from webhook_verify.api.svix import AsyncSvix, AsyncSvixSecretSource, Svix, SvixSecretSource
from webhook_verify.receiver import RequestHead

OLD, NEW, FORGED = (f"whsec_{letter * 32}" for letter in "oNf")
BODY = b'{"type": "invoice.paid"}'


class Provider:
    """Has a secret; counts who asks. ``now`` is the clock of the source."""

    def __init__(self) -> None:
        self.secret, self.asked, self.now, self.is_down = OLD, 0, 0.0, False

    def fetch(self) -> str:
        self.asked += 1
        if self.is_down:
            raise APIConnectionError("down")
        return self.secret

    async def fetch_async(self) -> str:
        await asyncio.sleep(0)
        return self.fetch()


def head(secret: str, timestamp: int | None = None) -> RequestHead:
    return RequestHead("POST", "/", Signer(secret).sign(BODY, id="msg_1", timestamp=timestamp))


Receive = Callable[[str], Delivery]


def with_receiver(provider: Provider, **options: Any) -> Receive:
    source = SecretSource(provider.fetch, monotonic=lambda: provider.now, **options)
    receiver = Receiver(source)
    return lambda secret: receiver.begin(head(secret)).finish(BODY)


def with_verify(provider: Provider, **options: Any) -> Receive:
    source = SecretSource(provider.fetch, monotonic=lambda: provider.now, **options)
    return lambda secret: source.verify(BODY, head(secret).headers)


def with_streaming(provider: Provider, **options: Any) -> Receive:
    source = SecretSource(provider.fetch, monotonic=lambda: provider.now, **options)

    def receive(secret: str) -> Delivery:
        verification = source().begin(head(secret).headers)
        assert verification.message_id == "msg_1"
        for number in range(len(BODY)):
            verification.update(BODY[number : number + 1])
        return verification.finish()

    return receive


def with_verify_at(provider: Provider, **options: Any) -> Receive:
    source = SecretSource(provider.fetch, monotonic=lambda: provider.now, **options)
    return lambda secret: source().verify_at(BODY, head(secret, 100).headers, received_at=100)


def with_async_verify(provider: Provider, **options: Any) -> Receive:
    source = AsyncSecretSource(provider.fetch_async, monotonic=lambda: provider.now, **options)
    return lambda secret: asyncio.run(source.verify(BODY, head(secret).headers))


def with_async_receiver(provider: Provider, **options: Any) -> Receive:
    """The sender tries a delivery that was rejected once more."""
    source = AsyncSecretSource(provider.fetch_async, monotonic=lambda: provider.now, **options)
    receiver = AsyncReceiver(source)

    async def once(secret: str) -> Delivery:
        return (await receiver.begin(head(secret))).finish(BODY)

    def receive(secret: str) -> Delivery:
        try:
            return asyncio.run(once(secret))
        except SignatureMismatch:
            return asyncio.run(once(secret))

    return receive


each_way = pytest.mark.parametrize(
    "way",
    [with_receiver, with_verify, with_streaming, with_verify_at, with_async_verify, with_async_receiver],
    ids=lambda way: way.__name__,
)


@each_way
def test_a_rotation_is_picked_up_and_no_delivery_is_lost(way: Any) -> None:
    provider = Provider()
    receive = way(provider)
    assert [receive(OLD).body, receive(OLD).body, provider.asked] == [BODY, BODY, 1]
    provider.secret = NEW
    assert [receive(NEW).body, receive(NEW).body, provider.asked] == [BODY, BODY, 2]
    with pytest.raises(SignatureMismatch):
        receive(OLD)


@each_way
def test_a_flood_of_forgeries_asks_once_per_interval(way: Any) -> None:
    provider = Provider()
    receive = way(provider, interval=60)
    for minute in range(1, 4):
        for _ in range(20):
            with pytest.raises(SignatureMismatch):
                receive(FORGED)
        assert receive(OLD).body == BODY
        assert provider.asked == 1 + minute
        provider.now += 60
    provider.now -= 0.5  # of the next interval, nothing has begun
    provider.secret = NEW
    with pytest.raises(SignatureMismatch):
        receive(NEW)
    provider.now += 0.5
    assert receive(NEW).body == BODY


@each_way
def test_a_secret_that_still_matches_is_asked_for_again_after_its_age(way: Any) -> None:
    provider = Provider()
    receive = way(provider, max_age=3600)
    receive(OLD)
    provider.secret, provider.now = NEW, 3599
    assert (receive(OLD).body, provider.asked) == (BODY, 1)
    provider.now = 3600
    with pytest.raises(SignatureMismatch):
        receive(OLD)
    assert provider.asked == 2


@each_way
def test_a_provider_that_is_down_leaves_the_secret_in_use(way: Any, caplog: pytest.LogCaptureFixture) -> None:
    provider = Provider()
    receive = way(provider)
    receive(OLD)
    provider.is_down, provider.secret = True, NEW
    with caplog.at_level(logging.WARNING, "webhook_verify"), pytest.raises(SignatureMismatch):
        receive(NEW)
    assert "could not refresh the signing secret; the known secret stays in use: down" in caplog.text
    assert receive(OLD).body == BODY
    provider.is_down, provider.now = False, 60
    assert receive(NEW).body == BODY


@each_way
def test_without_any_secret_nothing_is_accepted_and_the_provider_is_not_stormed(way: Any) -> None:
    provider = Provider()
    provider.is_down = True
    receive = way(provider)
    for _ in range(20):
        with pytest.raises(APIConnectionError):
            receive(OLD)
    assert provider.asked == 1
    provider.is_down, provider.now = False, 5
    assert (receive(OLD).body, provider.asked) == (BODY, 2)


@each_way
def test_a_secret_that_is_none_is_never_used(way: Any) -> None:
    provider = Provider()
    receive = way(provider)
    receive(OLD)
    provider.secret = ""
    with pytest.raises(SignatureMismatch):
        receive(FORGED)
    assert receive(OLD).body == BODY
    provider = Provider()
    provider.secret = "junk!"
    with pytest.raises(InvalidSecret):
        way(provider)(OLD)


def test_a_delivery_that_is_too_old_asks_nobody() -> None:
    provider = Provider()
    source = SecretSource(provider.fetch)
    with pytest.raises(TimestampOutsideTolerance):
        source.verify(BODY, head(OLD, 1_000_000_000).headers)
    assert provider.asked == 1


def test_threads_that_mismatch_together_ask_once_and_all_are_verified() -> None:
    provider = Provider()
    provider_lock, started = threading.Event(), threading.Barrier(8)

    def fetch() -> str:
        secret = provider.fetch()
        if provider.asked > 1:
            assert provider_lock.wait(5)
        return secret

    source = SecretSource(fetch)
    source.verify(BODY, head(OLD).headers)
    provider.secret = NEW
    verified: list[Delivery] = []

    def receive() -> None:
        verifier = source()
        started.wait(5)
        verified.append(verifier.verify(BODY, head(NEW).headers))

    threads = [threading.Thread(target=receive) for _ in range(8)]
    for thread in threads:
        thread.start()
    threading.Timer(0.1, provider_lock.set).start()
    for thread in threads:
        thread.join(5)
    assert (len(verified), provider.asked) == (8, 2)


def test_tasks_that_start_together_ask_once() -> None:
    provider = Provider()

    async def run() -> list[Delivery]:
        source = AsyncSecretSource(provider.fetch_async)
        first = [source.verify(BODY, head(OLD).headers) for _ in range(50)]
        await asyncio.gather(*first)
        provider.secret = NEW
        return await asyncio.gather(*[source.verify(BODY, head(NEW).headers) for _ in range(50)])

    assert len(asyncio.run(run())) == 50
    assert provider.asked == 2


MISUSE: list[tuple[dict[str, Any], str]] = [
    ({"interval": 0}, "interval"),
    ({"max_age": -1}, "max_age"),
    ({"interval": float("nan")}, "interval"),
    ({"tolerance": 0}, "tolerance"),
    ({"scheme": "nobody"}, "nobody"),
]


@pytest.mark.parametrize(("options", "text"), MISUSE, ids=str)
def test_misuse_is_told_in_the_constructor(options: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        SecretSource(lambda: OLD, **options)


def test_the_secret_of_a_svix_endpoint() -> None:
    answers = answer(200, {"key": OLD}), answer(200, {"key": NEW})
    with Script(*answers) as script, Svix("t", server_url=script.url) as svix:
        receiver = Receiver(SvixSecretSource(svix, "acme", "ep/1"))
        assert receiver.begin(head(OLD)).finish(BODY).body == BODY
        assert receiver.begin(head(NEW)).finish(BODY).body == BODY
    assert [request.target for request in script.received] == ["/api/v1/app/acme/endpoint/ep%2F1/secret"] * 2


def test_the_secret_of_a_svix_endpoint_for_asyncio() -> None:
    async def run(url: str) -> list[bytes]:
        async with AsyncSvix("t", server_url=url) as svix:
            source = AsyncSvixSecretSource(svix, "acme", "ep_1", interval=1)
            return [(await source.verify(BODY, head(secret).headers)).body for secret in (OLD, NEW)]

    with Script(answer(200, {"key": OLD}), answer(200, {"key": NEW})) as script:
        assert asyncio.run(run(script.url)) == [BODY, BODY]


def test_a_source_takes_the_client_of_its_world() -> None:
    with Svix("t") as svix:
        with pytest.raises(
            TypeError, match="client of AsyncSvixSecretSource must be an AsyncSvix, not 'Svix'"
        ):
            AsyncSvixSecretSource(svix, "acme", "ep_1")  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=r"id must not be '\.\.'"):
            SvixSecretSource(svix, "acme", "..")
